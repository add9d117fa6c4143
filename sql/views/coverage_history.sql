-- How did a version's coverage change?
CREATE OR REPLACE VIEW jirasync.coverage_history AS
SELECT c.tenant, c.source, c.project_key, c.fix_version, c.at, c.run_id, c.stories, c.with_commits, c.without_commits,
       c.unmerged, c.reverted, c.not_expected, round(100.0 * c.with_commits / nullif(c.stories, 0), 1) AS percent,
       (c.at AT TIME ZONE INTERVAL '-07:00')::date AS day
FROM jirasync.run_coverage c;
COMMENT ON VIEW jirasync.coverage_history IS 'Coverage of a version as each run that touched it left it; coverage_burn_up has the last of each day';
COMMENT ON COLUMN jirasync.coverage_history.day IS 'Day of the run in America/Phoenix';
