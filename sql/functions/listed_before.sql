-- What a commit whose parents nobody told seems to hold: what its branch held before, and what its push lists above it.
CREATE OR REPLACE FUNCTION jirasync.listed_before(p_tenant text, p_source text, p_repository text, p_shas text[])
RETURNS TABLE (sha text, ref text, "position" integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        WITH placed AS MATERIALIZED (
            SELECT u.sha, p.ref, p.position
            FROM unnest(p_shas) u (sha)
            CROSS JOIN LATERAL (
                SELECT o.ref, o.position FROM jirasync.commit_refs o
                WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = u.sha
                ORDER BY o.position, o.ref LIMIT 1) p
        )
        SELECT NULL, p.ref, p.position - 1 FROM placed p
        UNION
        SELECT above.sha, NULL, NULL
        FROM placed p
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.push_commits m
            WHERE m.tenant = p_tenant AND m.source = p_source AND m.repository = p_repository AND m.sha = p.sha
            OFFSET 0) own
        CROSS JOIN LATERAL (
            SELECT m.sha FROM jirasync.push_commits m
            WHERE m.tenant = p_tenant AND m.source = p_source AND m.delivery_id = own.delivery_id
              AND m.change = own.change AND m.place < own.place
            OFFSET 0) above
        CROSS JOIN LATERAL (
            SELECT o.sha FROM jirasync.commit_refs o
            WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = above.sha
              AND o.ref = p.ref AND o.position = p.position
            OFFSET 0) beside;
END
$$;
COMMENT ON FUNCTION jirasync.listed_before IS 'For commits without known parents: the places just before theirs (ref, position), and the commits that came to the same place by the same push and are listed before them. An approximation';
