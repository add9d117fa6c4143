-- Recomputes everything that is derived: the same definitions, without the filter.
CREATE OR REPLACE FUNCTION jirasync.correlation_rebuild(p_tenant text DEFAULT 'main') RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_custom_plan
SET work_mem = '64MB' SET jit = off SET statement_timeout = 0 AS $$
DECLARE
    r          record;
    v_changed  bigint;
    v_written  record;
BEGIN
    PERFORM jirasync.lock_correlation(p_tenant);
    SELECT changed INTO v_changed FROM jirasync.write_projects(p_tenant, NULL, NULL, NULL, NULL);
    SELECT v_changed + changed INTO v_changed FROM jirasync.write_versions(p_tenant, NULL, NULL, NULL, NULL, NULL, NULL);
    -- What was just filled has no statistics yet: plans made without them would join row by row.
    ANALYZE jirasync.projects, jirasync.project_keys, jirasync.versions;
    SELECT v_changed + changed INTO v_changed FROM jirasync.write_issue_aliases(p_tenant, NULL, NULL, NULL, NULL);
    v_changed := v_changed + jirasync.write_issue_names(p_tenant, NULL, NULL)
        + jirasync.write_fix_versions(p_tenant, NULL, NULL);
    SELECT array_agg(d.source) AS sources, array_agg(d.repository) AS repositories INTO v_written
    FROM (SELECT DISTINCT c.source, c.repository FROM jirasync.commits c WHERE c.tenant = p_tenant
          UNION SELECT DISTINCT v.source, v.repository FROM jirasync.reverted_commits v WHERE v.tenant = p_tenant
          UNION SELECT DISTINCT n.source, n.repository FROM jirasync.revert_names n WHERE n.tenant = p_tenant
          UNION SELECT DISTINCT p.source, p.repository FROM jirasync.pushes p WHERE p.tenant = p_tenant
          UNION SELECT DISTINCT q.source, q.repository FROM jirasync.pull_requests q WHERE q.tenant = p_tenant) d;
    ANALYZE jirasync.pushes, jirasync.push_commits, jirasync.pull_requests, jirasync.refs, jirasync.commit_refs;
    FOR r IN SELECT * FROM unnest(v_written.sources, v_written.repositories) u (source, repository) ORDER BY 1, 2
    LOOP
        SELECT v_changed + changed INTO v_changed
        FROM jirasync.rebuild_refs(p_tenant, r.source, r.repository);
        SELECT v_changed + changed INTO v_changed
        FROM jirasync.write_reverts(p_tenant, r.source, r.repository, NULL);
    END LOOP;
    SELECT v_changed + changed INTO v_changed
    FROM jirasync.write_repositories(p_tenant, v_written.sources, v_written.repositories);
    ANALYZE jirasync.reverted_commits;
    v_changed := v_changed + jirasync.rebuild_links(p_tenant);
    -- The views join these: they are not to wait for autovacuum.
    ANALYZE jirasync.issue_fix_versions, jirasync.issue_commits;
    RETURN v_changed;
END
$$;
COMMENT ON FUNCTION jirasync.correlation_rebuild IS 'Recompute all that is derived for the tenant and return how many rows had to change: 0 once its queue is empty';
