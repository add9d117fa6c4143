-- The whole story of one issue, as rows to read: what it is, what decides its state, its scope, its commits, its issues.
CREATE OR REPLACE FUNCTION jirasync.explain_issue(key text, tenant text DEFAULT 'main')
RETURNS TABLE (step bigint, subject text, detail text, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_tenant  text := explain_issue.tenant;
    v_key     text := upper(btrim(explain_issue.key));
    v_from    bigint := 0;
    r         record;
BEGIN
    -- The one that bears the key now, on each site that has one; else the one that took it last.
    FOR r IN
        SELECT n.source, n.issue_id
        FROM (SELECT k.source, k.issue_id, row_number() OVER w AS rank,
                     (i.deleted_at IS NULL AND i.issue_key = k.issue_key) IS TRUE AS bears_it
              FROM jirasync.issue_keys k
              JOIN jirasync.issues i ON i.tenant = k.tenant AND i.source = k.source AND i.issue_id = k.issue_id
              WHERE k.tenant = v_tenant AND k.issue_key = v_key
              WINDOW w AS (ORDER BY (i.deleted_at IS NULL AND i.issue_key = k.issue_key) IS TRUE DESC, k.since DESC,
                                    i.source, i.issue_id)) n
        WHERE n.rank = 1 OR n.bears_it
        ORDER BY n.rank
    LOOP
        RETURN QUERY
            SELECT v_from + row_number() OVER (ORDER BY e.part, e.place), e.subject, e.detail, e.at
            FROM (SELECT 1 AS part, x.* FROM jirasync.explain_identity(v_tenant, r.source, r.issue_id, v_key) x
                  UNION ALL SELECT 2, x.* FROM jirasync.explain_state(v_tenant, r.source, r.issue_id) x
                  UNION ALL SELECT 3, x.* FROM jirasync.explain_scope(v_tenant, r.source, r.issue_id) x
                  UNION ALL SELECT 4, x.* FROM jirasync.explain_commits(v_tenant, r.source, r.issue_id) x
                  UNION ALL SELECT 5, x.* FROM jirasync.explain_children(v_tenant, r.source, r.issue_id) x
                  UNION ALL SELECT 6, x.* FROM jirasync.explain_gaps(v_tenant, r.source, r.issue_id) x) e
            ORDER BY 1;
        v_from := v_from + 1000;
    END LOOP;
    IF v_from = 0 THEN
        RAISE EXCEPTION 'no issue of tenant % is or was %', v_tenant, v_key
            USING ERRCODE = 'no_data_found', HINT = 'See unknown_issue_keys for keys that commits name and Jira has not told of.';
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.explain_issue IS 'The whole story of the issue that bears (or bore) a key, a fact a row in the order to read them: what it is, its state and what decides it, its scope with what came after a freeze, each commit with its evidence, where and how it landed and what holds it, sub-tasks and stories, and what is not known. Where several sites have the key, one after the other, from step 1001 on';
