-- What a push to a branch listed, as far as it says whether something was dropped.
CREATE OR REPLACE FUNCTION jirasync.push_steps(
    p_tenant text, p_source text, p_repository text, p_deliveries text[], p_changes integer[],
    p_places jirasync.push_place[])
RETURNS SETOF jirasync.push_step LANGUAGE plpgsql STABLE SET enable_hashjoin = on AS $$
BEGIN
    RETURN QUERY
        WITH step AS MATERIALIZED (
            SELECT u.ord::integer, p.*
            FROM unnest(p_deliveries, p_changes) WITH ORDINALITY u (delivery_id, change, ord)
            CROSS JOIN LATERAL (
                SELECT n.before, coalesce(n.peeled, n.after) AS head, n.received_at, n.is_forced, n.listed, n.is_whole
                FROM jirasync.pushes n
                WHERE n.tenant = p_tenant AND n.source = p_source AND n.delivery_id = u.delivery_id AND n.change = u.change
                OFFSET 0) p
        ), told AS (
            SELECT o.ord, bool_and(c.parents IS NOT NULL) AS knows_parents, bool_or(s.before = ANY (c.parents)) AS goes_on,
                   min(c.parents[1]) FILTER (WHERE o.is_lowest) AS base_sha
            FROM (SELECT n.*, n.position = min(n.position) FILTER (WHERE n.on_line) OVER (PARTITION BY n.ord)
                              AND n.on_line AS is_lowest
                  FROM unnest(p_places) n) o
            JOIN step s ON s.ord = o.ord
            CROSS JOIN LATERAL (
                SELECT n.parents FROM jirasync.commits n
                WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = o.sha
                OFFSET 0) c
            GROUP BY o.ord
        )
        SELECT s.ord, s.before, s.head, s.received_at, s.is_forced, s.listed, coalesce(t.knows_parents, false),
               NOT s.is_whole OR NOT coalesce(t.knows_parents, false) OR s.before IS NULL OR coalesce(t.goes_on, false),
               NOT s.is_forced AND s.listed > 0 AND t.knows_parents IS TRUE AND t.goes_on IS TRUE
                   AND t.base_sha IS DISTINCT FROM s.before,
               t.base_sha
        FROM step s LEFT JOIN told t ON t.ord = s.ord;
END
$$;
COMMENT ON FUNCTION jirasync.push_steps IS 'For each of the given pushes, the oldest first, what it says of the line that the branch had before';
