-- The whole content of a report, as one JSON document.

CREATE OR REPLACE FUNCTION jirasync.report(
    p_tenant text DEFAULT 'main', p_project text DEFAULT NULL, p_fix_version text DEFAULT NULL,
    p_ranges jsonb DEFAULT '[]', p_since timestamptz DEFAULT NULL, p_since_run text DEFAULT NULL)
RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET jit = off
AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
                   'tenant', p_tenant, 'generated_at', jirasync.phoenix_time(now()), 'timezone', 'America/Phoenix',
                   'project', p_project, 'fix_version', p_fix_version, 'sites', v.sites,
                   'summary', v.summary, 'orphan_commits', json_array_length(o.orphans),
                   'changes', jirasync.report_changes(p_tenant, p_project, p_fix_version, p_since, p_since_run),
                   'versions', v.versions, 'ranges', r.ranges, 'not_in_ranges', r.not_in_ranges,
                   'orphans', o.orphans)
          FROM jirasync.report_versions(p_tenant, p_project, p_fix_version) v
         CROSS JOIN jirasync.report_ranges(p_tenant, p_project, p_fix_version, p_ranges) r
         CROSS JOIN (SELECT jirasync.report_orphans(p_tenant, p_project, p_fix_version) AS orphans OFFSET 0) o);
END
$$;
COMMENT ON FUNCTION jirasync.report(text, text, text, jsonb, timestamptz, text) IS
    'What `jirasync report` shows, as docs/schemas/report.schema.json describes it: coverage of the versions, what is missing, orphaned, sneaked in or late and why, and what changed since an instant or a run. p_ranges is [{"repository","from","to"}], held against the version where one is named; see report_problem for what can be wrong with the arguments';
