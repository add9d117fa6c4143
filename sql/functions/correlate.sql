-- Recomputes what the claimed jobs touched: one transaction, differences only.
CREATE OR REPLACE FUNCTION jirasync.correlate(p_tenant text, p_run_id text, p_ids bigint[], p_tokens bigint[])
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
-- Plans by index whatever the size of the batch: the work follows what is touched, not what is stored.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off SET enable_bitmapscan = off SET enable_material = off SET jit = off AS $$
DECLARE
    v_touched  record;
    v_quiet    record;
    v_issues   record;
    v_commits  record;
    v_links    record;
    v_keys     text[] := '{}';
    v_changed  integer := 0;
BEGIN
    PERFORM jirasync.lock_correlation(p_tenant);
    -- What is derived need not wait for the disk: a crash that loses it brings the jobs back with it.
    PERFORM set_config('synchronous_commit', 'off', true);
    SELECT t.*, '{}'::text[] AS commit_sources, '{}'::text[] AS repositories, '{}'::text[] AS shas,
           '{}'::text[] AS link_sources, '{}'::bigint[] AS link_ids INTO v_touched
    FROM jirasync.touched_issues(p_tenant, p_ids, p_tokens) t;
    IF v_touched.quiet_ids <> '{}' THEN
        SELECT * INTO v_quiet FROM jirasync.follow_names(p_tenant, v_touched.quiet_sources, v_touched.quiet_ids);
        v_changed := v_quiet.changed;
        v_touched.sources := v_touched.sources || v_quiet.odd_sources;
        v_touched.issue_ids := v_touched.issue_ids || v_quiet.odd_ids;
        v_touched.quiet_sources := v_quiet.sources;
        v_touched.quiet_ids := v_quiet.issue_ids;
    END IF;
    IF v_touched.issue_ids <> '{}' OR v_touched.version_ids <> '{}' OR v_touched.project_ids <> '{}' THEN
        SELECT * INTO v_issues FROM jirasync.correlate_issues(
            p_tenant, v_touched.sources, v_touched.issue_ids, v_touched.version_sources, v_touched.version_ids,
            v_touched.project_sources, v_touched.project_ids);
        v_changed := v_changed + v_issues.changed;
        v_touched.sources := v_issues.sources;
        v_touched.issue_ids := v_issues.issue_ids;
        v_keys := ARRAY(
            SELECT DISTINCT k.issue_key
            FROM unnest(v_touched.sources, v_touched.issue_ids) u (source, issue_id)
            CROSS JOIN LATERAL (
                SELECT * FROM jirasync.issue_keys n
                WHERE n.tenant = p_tenant AND n.source = u.source AND n.issue_id = u.issue_id
                OFFSET 0) k);
    END IF;
    IF cardinality(p_ids) > cardinality(v_touched.quiet_ids) THEN
        SELECT * INTO v_commits FROM jirasync.touched_commits(p_tenant, p_ids, p_tokens);
        SELECT * INTO v_commits FROM jirasync.correlate_refs(
            p_tenant, p_ids, p_tokens, v_commits.sources, v_commits.repositories, v_commits.shas);
        v_changed := v_changed + v_commits.changed;
        IF v_commits.shas <> '{}' THEN
            SELECT * INTO v_commits FROM jirasync.correlate_commits(
                p_tenant, v_commits.sources, v_commits.repositories, v_commits.shas);
            v_changed := v_changed + v_commits.changed;
        END IF;
        v_touched.commit_sources := v_commits.sources;
        v_touched.repositories := v_commits.repositories;
        v_touched.shas := v_commits.shas;
        SELECT * INTO v_links FROM jirasync.write_links(
            p_tenant, v_keys, v_commits.sources, v_commits.repositories, v_commits.shas);
        v_changed := v_changed + v_links.changed;
        v_touched.link_sources := v_links.sources;
        v_touched.link_ids := v_links.issue_ids;
    END IF;
    IF p_run_id IS NOT NULL THEN
        INSERT INTO jirasync.run_items (tenant, run_id, subject, source, repository, id)
        SELECT p_tenant, p_run_id, 'issue', u.source, '', u.issue_id::text
        FROM unnest(v_touched.sources || v_touched.quiet_sources, v_touched.issue_ids || v_touched.quiet_ids)
             u (source, issue_id)
        UNION ALL
        -- what neither the issues nor the links that there are now lead to
        SELECT p_tenant, p_run_id, 'link', u.source, '', u.issue_id::text
        FROM (SELECT * FROM unnest(v_touched.link_sources, v_touched.link_ids)
              EXCEPT SELECT * FROM unnest(v_touched.sources, v_touched.issue_ids)) u (source, issue_id)
        UNION ALL
        SELECT p_tenant, p_run_id, 'commit', u.source, u.repository, u.sha
        FROM unnest(v_touched.commit_sources, v_touched.repositories, v_touched.shas) u (source, repository, sha);
    END IF;
    PERFORM jirasync.complete_jobs(p_tenant, p_ids, p_tokens);
    RETURN v_changed;
END
$$;
COMMENT ON FUNCTION jirasync.correlate IS 'Recompute what the claimed jobs of kinds correlate_issue and correlate_commit touched, note it in run_items and complete the jobs; returns derived rows changed. Raises, so that all is undone, where a job is no longer ours';
