-- Why what we know of some branches may not be all.
CREATE OR REPLACE FUNCTION jirasync.doubts_of_lines(p_tenant text, p_source text, p_repository text, p_refs text[])
RETURNS TABLE (ref text, doubt text, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT r.ref, CASE WHEN r.uncertain THEN format('approximate: a push to %s was missed', r.ref)
                           ELSE format('approximate: a push to %s did not list all its commits', r.ref) END,
               coalesce(gap.received_at, r.seen_at)
        FROM unnest(p_refs) u (ref)
        CROSS JOIN LATERAL (
            SELECT n.ref, n.uncertain, n.seen_at, n.imported_at FROM jirasync.refs n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.ref = u.ref
            OFFSET 0) r
        LEFT JOIN LATERAL (
            SELECT p.received_at FROM jirasync.pushes p
            WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.ref = r.ref
              AND NOT p.is_whole AND p.received_at > coalesce(r.imported_at, '-infinity')
            ORDER BY p.received_at DESC LIMIT 1) gap ON true
        WHERE r.uncertain OR gap.received_at IS NOT NULL;
END
$$;
COMMENT ON FUNCTION jirasync.doubts_of_lines IS 'Of the given branches and tags those whose pushes were missed or told in part and that no import has read since, with words for it';
