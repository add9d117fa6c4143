-- How many commits a pull request has: a push that lists as many, the merged commit last, is its rebase.

ALTER TABLE jirasync.pull_requests ADD COLUMN commit_count bigint;
COMMENT ON COLUMN jirasync.pull_requests.commit_count IS 'How many commits it has; NULL where the host does not tell (GitHub alone does)';
