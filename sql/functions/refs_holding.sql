-- The branches and tags that hold a commit.
CREATE OR REPLACE FUNCTION jirasync.refs_holding(p_tenant text, p_source text, p_repository text, p_sha text)
RETURNS TABLE (ref text, kind text, ref_sha text, counted boolean, is_default boolean, uncertain boolean,
               own_position integer, landed_at timestamptz, parent_ref text, fork_position integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    -- Where it is new, and what was cut from there after it; what was cut from that in turn holds all of it.
    RETURN QUERY
        WITH RECURSIVE holder (ref, "position", landed_at) AS (
            SELECT o.ref, o.position, o.landed_at FROM jirasync.commit_refs o
            WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = p_sha
            UNION
            SELECT r.ref, -1, NULL
            FROM holder h
            CROSS JOIN LATERAL (
                SELECT n.ref FROM jirasync.refs n
                WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository
                  AND n.parent_ref = h.ref AND n.fork_position >= h.position
                OFFSET 0) r
        )
        SELECT h.ref, r.kind, r.sha, r.counted, r.is_default, r.uncertain, nullif(max(h.position), -1),
               min(h.landed_at), r.parent_ref, r.fork_position
        FROM holder h
        CROSS JOIN LATERAL (
            SELECT n.kind, n.sha, n.counted, n.is_default, n.uncertain, n.parent_ref, n.fork_position
            FROM jirasync.refs n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.ref = h.ref
              AND n.deleted_at IS NULL
            OFFSET 0) r
        GROUP BY h.ref, r.kind, r.sha, r.counted, r.is_default, r.uncertain, r.parent_ref, r.fork_position;
END
$$;
COMMENT ON FUNCTION jirasync.refs_holding IS 'The living branches and tags that hold a commit; own_position and landed_at where it is new on the ref itself, NULL where the ref was cut from one that holds it';
