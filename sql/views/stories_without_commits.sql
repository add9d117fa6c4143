-- What is missing? The judged stories that are not covered.
CREATE OR REPLACE VIEW jirasync.stories_without_commits AS
SELECT c.tenant, c.source, c.project_key, c.issue_key, c.parent_key, c.summary, c.issue_type, c.status,
       c.status_category, c.resolution, c.fix_versions, c.state, c.reason, c.commits, c.repositories,
       c.first_landed_at, c.last_landed_at
FROM jirasync.story_coverage c
WHERE c.state IN ('missing', 'unmerged', 'reverted');
COMMENT ON VIEW jirasync.stories_without_commits IS 'Stories that no commit covers: missing, unmerged or reverted';
