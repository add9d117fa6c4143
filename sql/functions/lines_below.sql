-- The lines that given lines were cut from, as far as they contain them.
CREATE OR REPLACE FUNCTION jirasync.lines_below(
    p_tenant text, p_source text, p_repository text, p_refs text[], p_limits integer[])
RETURNS TABLE (ref text, "limit" integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        WITH RECURSIVE line (ref, "limit") AS (
            SELECT u.ref, u."limit" FROM unnest(p_refs, p_limits) u (ref, "limit") WHERE u.ref IS NOT NULL
            UNION
            SELECT r.parent_ref, least(l."limit", r.fork_position)
            FROM line l
            CROSS JOIN LATERAL (
                SELECT n.parent_ref, n.fork_position FROM jirasync.refs n
                WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.ref = l.ref
                OFFSET 0) r
            WHERE r.parent_ref IS NOT NULL
        )
        SELECT l.ref, max(l."limit") FROM line l GROUP BY l.ref;
END
$$;
COMMENT ON FUNCTION jirasync.lines_below IS 'The given branches and tags, each up to a position, and those they forked from, up to where: together all that they contain';
