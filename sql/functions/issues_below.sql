-- The stories of an epic, those of the epics of an initiative, and so on.
CREATE OR REPLACE FUNCTION jirasync.issues_below(p_tenant text, p_source text, p_issue_id bigint)
RETURNS TABLE (issue_id bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        WITH RECURSIVE below (issue_id, hierarchy_level) AS (
            SELECT p_issue_id, 1
            UNION
            SELECT i.issue_id, i.hierarchy_level::integer
            FROM below b
            CROSS JOIN LATERAL (
                SELECT n.issue_id, n.hierarchy_level FROM jirasync.issues n
                WHERE n.tenant = p_tenant AND n.source = p_source AND n.parent_id = b.issue_id
                  AND n.deleted_at IS NULL AND NOT n.is_stub
                OFFSET 0) i
            WHERE b.hierarchy_level > 0
        )
        SELECT b.issue_id FROM below b WHERE b.hierarchy_level > 0 IS NOT TRUE;
END
$$;
COMMENT ON FUNCTION jirasync.issues_below IS 'The issues without a level above stories that an issue has below it, through any number of such levels';
