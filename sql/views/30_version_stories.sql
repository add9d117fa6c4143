-- What is in a version? story_coverage by each fix version that an issue has now.
CREATE OR REPLACE VIEW jirasync.version_stories AS
SELECT c.tenant, c.source, v.project_key, v.name AS fix_version, c.issue_key, c.parent_key, c.summary, c.issue_type, c.status,
       c.status_category, c.resolution, c.fix_versions, c.state, c.reason, c.commits, c.repositories,
       c.first_landed_at, c.last_landed_at, v.released, v.release_date, v.freeze_at, f.added_at, f.version_id,
       c.state = 'covered' AND c.first_landed_at > v.freeze_at IS TRUE AS landed_after_freeze,
       f.added_at > v.freeze_at IS TRUE AS added_after_freeze
FROM jirasync.issue_fix_versions f
JOIN jirasync.versions v ON v.tenant = f.tenant AND v.source = f.source AND v.version_id = f.version_id
JOIN jirasync.issue_coverage c ON c.tenant = f.tenant AND c.source = f.source AND c.issue_id = f.issue_id
WHERE f.removed_at IS NULL;
COMMENT ON VIEW jirasync.version_stories IS 'Each live issue by each fix version it has now, with its coverage and since when it is in the version; landed_after_freeze: all its work landed after the version''s freeze_at, added_after_freeze: it was put into the version after that';
