-- How complete is a version? Counts of its stories by state.
CREATE OR REPLACE VIEW jirasync.coverage_by_fix_version AS
SELECT v.tenant, v.source, v.project_key, v.name AS fix_version, v.released, v.release_date,
       s.stories, s.with_commits, s.stories - s.with_commits AS without_commits, s.unmerged, s.reverted,
       s.not_expected, round(100.0 * s.with_commits / nullif(s.stories, 0), 1) AS percent
FROM jirasync.versions v
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE c.state <> 'not_expected') AS stories,
           count(*) FILTER (WHERE c.state = 'covered') AS with_commits,
           count(*) FILTER (WHERE c.state = 'unmerged') AS unmerged,
           count(*) FILTER (WHERE c.state = 'reverted') AS reverted,
           count(*) FILTER (WHERE c.state = 'not_expected') AS not_expected
    FROM jirasync.version_stories c
    WHERE c.tenant = v.tenant AND c.source = v.source AND c.version_id = v.version_id) s
WHERE v.deleted_at IS NULL AND v.merged_into IS NULL
  AND NOT EXISTS (
      SELECT FROM jirasync.projects p
      WHERE p.tenant = v.tenant AND p.source = v.source AND p.project_id = v.project_id AND p.deleted_at IS NOT NULL);
COMMENT ON VIEW jirasync.coverage_by_fix_version IS 'Each version that was neither deleted, by itself or with its project, nor merged into another: stories leaves out what is not expected to have commits, without_commits is missing, unmerged and reverted together, percent is with_commits of stories (NULL for none)';
