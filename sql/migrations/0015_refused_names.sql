-- What looks like a key in the name of a branch, or in a pull request's title and source branch, and can be none. It stands
-- beside the keys of the same name, so that whatever writes, replaces or takes back those does so with these.

ALTER TABLE jirasync.pushes ADD COLUMN branch_refused text[];
COMMENT ON COLUMN jirasync.pushes.branch_refused IS 'What looks like an issue key in the name of the branch and can be none, each as REASON:TEXT; NULL: nothing';

ALTER TABLE jirasync.refs ADD COLUMN imported_refused text[];
COMMENT ON COLUMN jirasync.refs.imported_refused IS 'What looks like an issue key in the name of an imported branch and can be none, each as REASON:TEXT; NULL: nothing';

ALTER TABLE jirasync.pull_requests ADD COLUMN refused text[];
COMMENT ON COLUMN jirasync.pull_requests.refused IS 'What looks like an issue key in title and source branch and can be none, each as REASON:TEXT; NULL: nothing';
