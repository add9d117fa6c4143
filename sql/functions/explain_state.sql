-- The state of an issue and what decides it, for explain_issue.
CREATE OR REPLACE FUNCTION jirasync.explain_state(p_tenant text, p_source text, p_issue_id bigint)
RETURNS TABLE (place bigint, subject text, detail text, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT 1::bigint, 'state', c.state || ': ' || c.reason, c.last_landed_at
        FROM jirasync.issue_coverage c
        WHERE c.tenant = p_tenant AND c.source = p_source AND c.issue_id = p_issue_id
        UNION ALL
        SELECT 1, 'state', 'none: it was deleted, and is not judged', i.deleted_at FROM jirasync.issues i
        WHERE i.tenant = p_tenant AND i.source = p_source AND i.issue_id = p_issue_id AND i.deleted_at IS NOT NULL
        UNION ALL
        SELECT 1, 'state', 'none yet: no event has shown it whole', i.updated_at FROM jirasync.issues i
        WHERE i.tenant = p_tenant AND i.source = p_source AND i.issue_id = p_issue_id AND i.deleted_at IS NULL AND i.is_stub
        UNION ALL
        SELECT 2, 'waiver', format('by %s, %s: %s', w.waived_by,
                                   CASE WHEN w.expires_at <= now() THEN 'expired ' || jirasync.phoenix_minute(w.expires_at)
                                        ELSE jirasync.until_words(w.expires_at) END, w.reason), w.waived_at
        FROM jirasync.issue_waivers w
        WHERE w.tenant = p_tenant AND w.source = p_source AND w.issue_id = p_issue_id
        UNION ALL
        SELECT 2 + row_number() OVER (ORDER BY r.subject, r.pattern, r.tenant, r.source, r.project_key), 'rule',
               format('%s is %s: %s, for %s%s', replace(r.subject, '_', ' '), r.pattern, replace(r.verdict, '_', ' '),
                      concat_ws(', ', CASE r.tenant WHEN '*' THEN 'every tenant' ELSE 'tenant ' || r.tenant END,
                                'site ' || nullif(r.source, ''), 'project ' || nullif(r.project_key, '')),
                      coalesce(' (' || nullif(r.note, '') || ')', '')), NULL
        FROM jirasync.matching_rules(p_tenant, p_source, p_issue_id) r;
END
$$;
COMMENT ON FUNCTION jirasync.explain_state IS 'Rows of explain_issue: state and reason, the waiver (an expired one too), the rules that match';
