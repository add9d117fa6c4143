-- Pull requests that hand their keys to commits.
CREATE OR REPLACE VIEW jirasync.handing_requests AS
SELECT q.tenant, q.source, q.repository, q.number, q.state, q.target_branch, q.head_sha, q.merge_sha, q.keys
FROM jirasync.pull_requests q
WHERE (q.title ~ '^Revert "' OR q.source_branch ~ '^revert-[0-9]+-') IS NOT TRUE;
COMMENT ON VIEW jirasync.handing_requests IS 'All pull requests but those that take work back, by their title or by the name that GitHub gives their branch: their commits are no work for the stories that they name';
