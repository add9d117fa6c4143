-- The pushes that lead to a tip, the oldest first.
CREATE OR REPLACE FUNCTION jirasync.push_path(
    p_tenant text, p_source text, p_repository text, p_ref text, p_kind text, p_tip text, p_base text,
    p_since timestamptz, p_most integer,
    p_missing_befores text[] DEFAULT NULL, p_missing_afters text[] DEFAULT NULL,
    OUT deliveries text[], OUT changes integer[], OUT start text)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
    -- From the tip back: any push that ends there will do, since what a commit holds does not depend on the way. One
    -- that is not forced and lists something tells most; of several between the same two commits, as when a branch is
    -- made there again, the one that lists most. A ring ends when each push could have been passed once.
    WITH RECURSIVE way (depth, delivery_id, change, tip) AS (
        SELECT 0, NULL::text, NULL::integer, p_tip
        UNION ALL
        SELECT w.depth + 1, p.delivery_id, p.change, p.before
        FROM way w
        CROSS JOIN LATERAL (
            (SELECT n.delivery_id, n.change, coalesce(n.before, '') AS before
             FROM jirasync.pushes n
             WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.ref = p_ref
               AND n.kind = p_kind AND NOT n.is_notice AND n.received_at > p_since AND n.after = w.tip
               AND n.before IS DISTINCT FROM n.after
             ORDER BY n.is_forced, n.listed = 0,
                      min(n.received_at) OVER (PARTITION BY n.is_forced, n.listed = 0, n.before), n.listed DESC,
                      n.received_at, n.delivery_id, n.change
             LIMIT 1)
            UNION ALL
            SELECT NULL, NULL, m.before FROM unnest(p_missing_befores, p_missing_afters) m (before, after) WHERE m.after = w.tip
        ) p
        WHERE w.tip IS DISTINCT FROM p_base AND w.tip <> ''
          AND w.depth < p_most + coalesce(cardinality(p_missing_afters), 0)
    ), passed AS (
        SELECT w.delivery_id, w.change, min(w.depth) AS depth
        FROM way w WHERE w.depth > 0 GROUP BY w.delivery_id, w.change, CASE WHEN w.delivery_id IS NULL THEN w.tip END
    )
    SELECT coalesce(array_agg(p.delivery_id ORDER BY p.depth DESC) FILTER (WHERE p.delivery_id IS NOT NULL), '{}'),
           coalesce(array_agg(p.change ORDER BY p.depth DESC) FILTER (WHERE p.delivery_id IS NOT NULL), '{}'),
           (SELECT w.tip FROM way w WHERE w.depth = (SELECT coalesce(max(o.depth), 0) FROM passed o))
    INTO deliveries, changes, start FROM passed p;
END
$$;
COMMENT ON FUNCTION jirasync.push_path IS 'Deliveries and numbers of the pushes received after p_since that lead a branch to p_tip, from p_base (or from its making, or from where nobody tells) on, over the missing moves; start is where they begin, empty where the branch was made';
