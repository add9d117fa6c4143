-- What differs between what Jira listed and the mirror.

CREATE OR REPLACE FUNCTION jirasync.compare_listed(p_tenant text, p_reconciliation bigint, p_projects bigint[])
RETURNS TABLE (finding text, issue_id bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_run   jirasync.reconciliations;
    v_gone  bigint;
    v_all   bigint;
BEGIN
    SELECT * INTO STRICT v_run FROM jirasync.reconciliations r WHERE r.tenant = p_tenant AND r.id = p_reconciliation;
    -- The listing just came, and has no statistics.
    ANALYZE jirasync.listed_issues;
    -- One that went with its project alone (deleted_at without buried_at) comes back with it, if that is listed: it counts as there.
    -- An API user who may see nothing any more is told of nothing: that is no proof that nothing is there.
    SELECT count(*) FILTER (WHERE l.issue_id IS NULL), count(*) INTO v_gone, v_all
      FROM jirasync.issues i
      LEFT JOIN jirasync.listed_issues l
        ON l.tenant = p_tenant AND l.reconciliation_id = p_reconciliation AND l.issue_id = i.issue_id
     WHERE coalesce(i.project_id = ANY (p_projects), p_projects IS NOT NULL) AND i.tenant = p_tenant AND i.source = v_run.source AND i.buried_at IS NULL
       AND i.forgotten_at IS NULL AND coalesce(i.created_at, '-infinity') < v_run.started_at - interval '1 minute';
    IF v_gone > jirasync.setting_number('gone_least') AND v_gone * 100 > v_all * jirasync.setting_number('gone_percent') THEN
        RAISE EXCEPTION '% of % issues of source % were not listed, more than gone_percent', v_gone, v_all, v_run.source
            USING ERRCODE = 'JS002', HINT = 'See whether the API user may browse all projects; if they are gone indeed, raise gone_percent.';
    END IF;
    RETURN QUERY
        SELECT CASE WHEN i.issue_id IS NULL OR i.is_stub OR i.deleted_at IS NOT NULL THEN 'missing'
                    WHEN l.issue_key <> i.issue_key THEN 'moved'
                    WHEN l.updated_at > i.rank_updated THEN 'changed'
                    ELSE 'recent' END, l.issue_id
          FROM jirasync.listed_issues l
          LEFT JOIN jirasync.issues i ON i.tenant = p_tenant AND i.source = v_run.source AND i.issue_id = l.issue_id
         WHERE l.tenant = p_tenant AND l.reconciliation_id = p_reconciliation
           AND (i.issue_id IS NULL OR i.is_stub OR i.deleted_at IS NOT NULL OR l.issue_key <> i.issue_key
                OR l.updated_at > i.rank_updated
                -- A comment may have been lost before an event that did come.
                OR v_run.changed_since IS NULL OR l.updated_at >= v_run.changed_since)
           AND i.forgotten_at IS NULL
         UNION ALL
        -- What came to the mirror while Jira was listing may have been too late for its page.
        SELECT 'gone', i.issue_id
          FROM jirasync.issues i
         WHERE coalesce(i.project_id = ANY (p_projects), p_projects IS NOT NULL) AND i.tenant = p_tenant AND i.source = v_run.source AND i.buried_at IS NULL
           AND i.forgotten_at IS NULL
           AND coalesce(i.created_at, '-infinity') < v_run.started_at - interval '1 minute'
           AND NOT EXISTS (SELECT FROM jirasync.listed_issues l
                            WHERE l.tenant = p_tenant AND l.reconciliation_id = p_reconciliation
                              AND l.issue_id = i.issue_id);
END
$$;
COMMENT ON FUNCTION jirasync.compare_listed(text, bigint, bigint[]) IS
    'Compares what was listed to a reconciliation with the mirror, by id: missing (not there, a stub, or a tombstone), moved (another key), changed (Jira changed it later), recent (changed since the watermark, and no later than here: what belongs to it may differ; without a watermark all); and, of the projects (by id) whose issues were all listed, gone (in the mirror alone; more than gone_percent of them raise JS002). Each is to be fetched: what Jira shows then counts';
