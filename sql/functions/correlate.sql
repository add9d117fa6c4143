-- Recomputes what the claimed jobs touched: one transaction, differences only.
CREATE OR REPLACE FUNCTION jirasync.correlate(p_tenant text, p_run_id text, p_ids bigint[], p_tokens bigint[])
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
-- Plans by index whatever the size of the batch: the work follows what is touched, not what is stored.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off SET jit = off AS $$
DECLARE
    v_issues   record;
    v_commits  record;
    v_keys     text[];
    v_changed  integer;
BEGIN
    PERFORM jirasync.lock_correlation(p_tenant);
    SELECT * INTO v_issues FROM jirasync.touched_issues(p_tenant, p_ids, p_tokens);
    SELECT * INTO v_commits FROM jirasync.touched_commits(p_tenant, p_ids, p_tokens);
    v_keys := ARRAY(
        SELECT DISTINCT k.issue_key
        FROM unnest(v_issues.sources, v_issues.issue_ids) u (source, issue_id)
        JOIN jirasync.issue_keys k ON k.tenant = p_tenant AND k.source = u.source AND k.issue_id = u.issue_id);
    SELECT * INTO v_issues FROM jirasync.correlate_issues(p_tenant, v_issues.sources, v_issues.issue_ids);
    SELECT * INTO v_commits FROM jirasync.correlate_commits(
        p_tenant, v_commits.sources, v_commits.repositories, v_commits.shas);
    v_changed := v_issues.changed + v_commits.changed + jirasync.write_links(
        p_tenant, v_keys, v_commits.sources, v_commits.repositories, v_commits.shas);
    INSERT INTO jirasync.run_items (tenant, run_id, subject, source, repository, id)
    SELECT p_tenant, p_run_id, 'issue', u.source, '', u.issue_id::text
    FROM unnest(v_issues.sources, v_issues.issue_ids) u (source, issue_id)
    WHERE p_run_id IS NOT NULL
    UNION ALL
    SELECT p_tenant, p_run_id, 'commit', u.source, u.repository, u.sha
    FROM unnest(v_commits.sources, v_commits.repositories, v_commits.shas) u (source, repository, sha)
    WHERE p_run_id IS NOT NULL
    ON CONFLICT DO NOTHING;
    PERFORM jirasync.complete_jobs(p_tenant, p_ids, p_tokens);
    RETURN v_changed;
END
$$;
COMMENT ON FUNCTION jirasync.correlate IS 'Recompute what the claimed jobs of kinds correlate_issue and correlate_commit touched, note it in run_items and complete the jobs; returns derived rows changed. Raises, so that all is undone, where a job is no longer ours';
