-- Is it covered? A row for each live, whole issue.
CREATE OR REPLACE VIEW jirasync.story_coverage AS
SELECT c.tenant, c.source, c.project_key, c.issue_key, c.parent_key, c.summary, c.issue_type, c.status,
       c.status_category, c.resolution, c.fix_versions, c.state, c.reason, c.commits, c.repositories,
       c.first_landed_at, c.last_landed_at
FROM jirasync.issue_coverage c;
COMMENT ON VIEW jirasync.story_coverage IS 'Each live issue: state is one of covered, unmerged, reverted, missing, not_expected; reason says why. commits, repositories and the landing times are of the commits that count, its sub-tasks'' included';
