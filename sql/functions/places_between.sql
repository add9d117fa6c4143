-- The commits of one extent that another lacks, in order.
CREATE OR REPLACE FUNCTION jirasync.places_between(
    p_tenant text, p_source text, p_repository text, p_from_refs text[], p_from_limits integer[], p_from_walked text[],
    p_to_refs text[], p_to_limits integer[], p_to_walked text[])
RETURNS TABLE (place bigint, sha text, ref text, "position" integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    -- Of lines that both hold only what the other has not is read. OFFSET 0 keeps each look-up whole and by index.
    RETURN QUERY
        WITH line AS MATERIALIZED (
            -- One line and those it was cut from are in the order of their forks; of several only dates tell an order.
            SELECT t.ref, t."limit", f."limit" AS held,
                   CASE WHEN cardinality(p_to_walked) <= 1 THEN coalesce(r.fork_position, -1) END AS depth
            FROM unnest(p_to_refs, p_to_limits) t (ref, "limit")
            LEFT JOIN unnest(p_from_refs, p_from_limits) f (ref, "limit") ON f.ref = t.ref
            LEFT JOIN LATERAL (
                SELECT n.fork_position FROM jirasync.refs n
                WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.ref = t.ref
                OFFSET 0) r ON true
        ), placed AS (
            SELECT p.sha, l.ref, p.position, p.on_line, l.depth
            FROM line l
            CROSS JOIN LATERAL (
                SELECT o.sha, o.position, o.on_line FROM jirasync.commit_refs o
                WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.ref = l.ref
                  AND o.position > coalesce(l.held, -1) AND o.position <= l."limit"
                OFFSET 0) p
            UNION ALL
            SELECT u.sha, p.ref, p.position, p.on_line, NULL
            FROM unnest(p_to_walked) u (sha)
            LEFT JOIN LATERAL (
                SELECT o.ref, o.position, o.on_line FROM jirasync.commit_refs o
                WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = u.sha
                ORDER BY o.position, o.ref LIMIT 1) p ON true
        ), brought AS (
            SELECT DISTINCT ON (p.sha) p.sha, p.ref, p.position, coalesce(p.on_line, false) AS on_line, p.depth
            FROM placed p
            LEFT JOIN (SELECT DISTINCT w.sha FROM unnest(p_from_walked) w (sha)) walked ON walked.sha = p.sha
            CROSS JOIN LATERAL (
                SELECT EXISTS (
                    SELECT FROM jirasync.commit_refs o
                    JOIN unnest(p_from_refs, p_from_limits) f (ref, "limit") ON f.ref = o.ref AND o.position <= f."limit"
                    WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = p.sha)
                AS is_held OFFSET 0) h
            WHERE walked.sha IS NULL AND NOT h.is_held
            ORDER BY p.sha, p.depth NULLS LAST, p.position
        )
        SELECT row_number() OVER (
                   ORDER BY b.depth NULLS LAST, CASE WHEN b.depth IS NOT NULL THEN b.position END,
                            b.on_line AND b.depth IS NOT NULL, c.committed_at, b.sha), b.sha, b.ref, b.position
        FROM brought b
        LEFT JOIN LATERAL (
            SELECT n.committed_at FROM jirasync.commits n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = b.sha
            OFFSET 0) c ON true
        ORDER BY 1;
END
$$;
COMMENT ON FUNCTION jirasync.places_between IS 'The commits of the lines and single commits of one revision_extent that are not in another, in the order of the branch, the oldest first, each with its place on a line';
