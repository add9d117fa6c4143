-- An issue's fix versions with their history, for explain_issue.
CREATE OR REPLACE FUNCTION jirasync.explain_scope(p_tenant text, p_source text, p_issue_id bigint)
RETURNS TABLE (place bigint, subject text, detail text, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT row_number() OVER (ORDER BY t.at, t.is_removal, t.fix_version), 'scope',
               CASE WHEN t.is_removal THEN 'taken out of ' ELSE 'put into ' END || t.fix_version
                   || CASE WHEN t.freeze_at IS NULL THEN '' WHEN t.at > t.freeze_at
                           THEN ', after its freeze of ' || jirasync.phoenix_minute(t.freeze_at)
                           ELSE ', before its freeze of ' || jirasync.phoenix_minute(t.freeze_at) END
                   || CASE WHEN t.is_removal OR t.removed_at IS NOT NULL THEN '' WHEN t.released THEN '; the version is released'
                           ELSE '' END,
               CASE WHEN isfinite(t.at) THEN t.at END
        FROM (SELECT f.fix_version, f.removed_at, v.freeze_at, v.released, u.at, u.is_removal
              FROM jirasync.issue_fix_versions f
              LEFT JOIN jirasync.versions v
                ON v.tenant = f.tenant AND v.source = f.source AND v.version_id = f.version_id
              CROSS JOIN LATERAL (VALUES (f.added_at, false), (f.removed_at, true)) u (at, is_removal)
              WHERE f.tenant = p_tenant AND f.source = p_source AND f.issue_id = p_issue_id AND u.at IS NOT NULL) t
        UNION ALL
        SELECT 1, 'scope', 'in no fix version, now or before', NULL
        WHERE NOT EXISTS (SELECT FROM jirasync.issue_fix_versions f
                          WHERE f.tenant = p_tenant AND f.source = p_source AND f.issue_id = p_issue_id);
END
$$;
COMMENT ON FUNCTION jirasync.explain_scope IS 'Rows of explain_issue: when the issue was put into and taken out of which fix version, before or after its freeze';
