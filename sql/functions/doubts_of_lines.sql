-- Why what we know of some branches may not be all.
CREATE OR REPLACE FUNCTION jirasync.doubts_of_lines(p_tenant text, p_source text, p_repository text, p_refs text[])
RETURNS TABLE (ref text, doubt text, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT DISTINCT ON (u.ref, g.doubt) u.ref, 'approximate: ' || g.doubt, g.received_at
        FROM unnest(p_refs) u (ref)
        CROSS JOIN LATERAL (
            SELECT jirasync.gap_words(n.ref, n.reason, n.listed, n.total) AS doubt, n.received_at
            FROM jirasync.push_gaps n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.ref = u.ref
            UNION ALL
            -- (one will do to say so; what a branch had once was told under its name)
            (SELECT n.ref || ' is guessed: the host does not tell what its pushes stand on', n.received_at
             FROM jirasync.guessed_pushes n
             WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.ref = split_part(u.ref, '~', 1)
             LIMIT 1)
            UNION ALL
            SELECT n.ref || ' was cut from what pushes left out', n.seen_at
            FROM jirasync.refs n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.ref = u.ref
              AND n.parent_ref IS NULL AND n.base_sha IS NOT NULL
              AND EXISTS (SELECT FROM jirasync.push_gaps o
                          WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository)
            OFFSET 0) g
        ORDER BY u.ref, g.doubt, g.received_at DESC;
END
$$;
COMMENT ON FUNCTION jirasync.doubts_of_lines IS 'The rows of push_gaps of the given branches and tags, whether there are any of guessed_pushes, and what was cut from none of the commits that are known, in words';
