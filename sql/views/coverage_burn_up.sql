-- How did a version's coverage grow by day?
CREATE OR REPLACE VIEW jirasync.coverage_burn_up AS
SELECT DISTINCT ON (h.tenant, h.source, h.project_key, h.fix_version, h.day)
       h.tenant, h.source, h.project_key, h.fix_version, h.day, h.stories, h.with_commits, h.without_commits,
       h.unmerged, h.reverted, h.not_expected, h.percent, h.at, h.run_id
FROM (SELECT c.*, (c.at AT TIME ZONE INTERVAL '-07:00')::date AS day,
             round(100.0 * c.with_commits / nullif(c.stories, 0), 1) AS percent
      FROM jirasync.run_coverage c) h
ORDER BY h.tenant, h.source, h.project_key, h.fix_version, h.day, h.at DESC, h.run_id DESC;
COMMENT ON VIEW jirasync.coverage_burn_up IS 'Coverage of a version at the end of each day of America/Phoenix, as the last run of that day that touched it left it. A day without such a run has no row: nothing of the version changed';
