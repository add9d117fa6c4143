-- Keeps the coverage of the versions that a run touched, for coverage_history.

CREATE OR REPLACE FUNCTION jirasync.record_run_coverage(p_tenant text, p_run_id text, p_at timestamptz)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET jit = off
AS $$
BEGIN
    INSERT INTO jirasync.run_coverage (tenant, run_id, source, project_key, fix_version, at, stories, with_commits,
                                       without_commits, unmerged, reverted, not_expected)
    SELECT p_tenant, p_run_id, c.source, coalesce(c.project_key, ''), c.fix_version, p_at, c.stories, c.with_commits,
           c.without_commits, c.unmerged, c.reverted, c.not_expected
      FROM (SELECT DISTINCT v.source, v.project_key, v.name
              FROM jirasync.run_stories(p_tenant, p_run_id) s
              JOIN jirasync.issue_fix_versions f
                ON f.tenant = p_tenant AND f.source = s.source AND f.issue_id = s.issue_id
              JOIN jirasync.versions v ON v.tenant = p_tenant AND v.source = f.source AND v.version_id = f.version_id) t
      JOIN jirasync.coverage_by_fix_version c
        ON c.tenant = p_tenant AND c.source = t.source AND c.project_key IS NOT DISTINCT FROM t.project_key
       AND c.fix_version = t.name
    ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION jirasync.record_run_coverage(text, text, timestamptz) IS
    'Copies the rows of coverage_by_fix_version of the touched versions to run_coverage';
