-- What an issue is, for explain_issue.
CREATE OR REPLACE FUNCTION jirasync.explain_identity(p_tenant text, p_source text, p_issue_id bigint, p_key text)
RETURNS TABLE (place bigint, subject text, detail text, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    v_issue  jirasync.issues;
BEGIN
    SELECT i.* INTO v_issue FROM jirasync.issues i
    WHERE i.tenant = p_tenant AND i.source = p_source AND i.issue_id = p_issue_id;
    RETURN QUERY
        SELECT row_number() OVER (ORDER BY t.part, t.at, t.detail), t.subject, t.detail,
               CASE WHEN isfinite(t.at) THEN t.at END
        FROM (
            SELECT 1 AS part, 'issue' AS subject, concat_ws(': ', v_issue.issue_key, v_issue.summary) AS detail,
                   v_issue.updated_at AS at
            UNION ALL
            SELECT 2, 'is', concat_ws(', ', coalesce(v_issue.issue_type, 'an issue') || coalesce(' of project ' || v_issue.project_key, ''),
                                      'site ' || p_source, 'status ' || v_issue.status,
                                      'resolution ' || v_issue.resolution, 'for ' || coalesce(v_issue.assignee_name, v_issue.assignee)),
                   v_issue.created_at
            UNION ALL
            SELECT 3, 'labels', array_to_string(v_issue.labels, ', '), NULL WHERE cardinality(v_issue.labels) > 0
            UNION ALL
            SELECT 4, 'components', array_to_string(v_issue.components, ', '), NULL
            WHERE cardinality(v_issue.components) > 0
            UNION ALL
            SELECT 5, 'parent', concat_ws(': ', coalesce(p.issue_key, v_issue.parent_key, v_issue.parent_id::text), p.summary), NULL
            FROM (SELECT) one
            LEFT JOIN jirasync.issues p
              ON p.tenant = p_tenant AND p.source = p_source AND p.issue_id = v_issue.parent_id
            WHERE v_issue.parent_id IS NOT NULL
            UNION ALL
            SELECT 6, 'key', CASE WHEN k.issue_key = v_issue.issue_key THEN 'bears ' ELSE 'bore ' END || k.issue_key,
                   k.since
            FROM jirasync.issue_keys k
            WHERE k.tenant = p_tenant AND k.source = p_source AND k.issue_id = p_issue_id
              AND EXISTS (SELECT FROM jirasync.issue_keys o
                          WHERE o.tenant = p_tenant AND o.source = p_source AND o.issue_id = p_issue_id
                            AND o.issue_key <> k.issue_key)
            UNION ALL
            SELECT 7, 'key', format('%s %s by issue %s of %s%s', p_key,
                                    CASE WHEN i.issue_key = p_key AND i.deleted_at IS NULL THEN 'is also borne'
                                         ELSE 'was also borne' END, o.issue_id, o.source,
                                    coalesce(', now ' || nullif(i.issue_key, p_key), '')), o.since
            FROM jirasync.issue_keys o
            JOIN jirasync.issues i ON i.tenant = o.tenant AND i.source = o.source AND i.issue_id = o.issue_id
            WHERE o.tenant = p_tenant AND o.issue_key = p_key AND (o.source, o.issue_id) <> (p_source, p_issue_id)) t;
END
$$;
COMMENT ON FUNCTION jirasync.explain_identity IS 'Rows of explain_issue: the issue, its kind and status, its parent, the keys it bears and bore, and who else bore the key asked for';
