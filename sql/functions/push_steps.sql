-- What a push to a branch listed, as far as it says whether something was dropped.
CREATE OR REPLACE FUNCTION jirasync.push_steps(
    p_tenant text, p_source text, p_repository text, p_deliveries text[], p_changes integer[],
    p_places jirasync.push_place[])
RETURNS TABLE (ord integer, before text, head text, is_forced boolean, listed integer, is_told boolean, goes_on boolean,
               base_sha text)
LANGUAGE plpgsql STABLE SET enable_hashjoin = on AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        WITH step AS MATERIALIZED (
            SELECT u.ord::integer, p.*
            FROM unnest(p_deliveries, p_changes) WITH ORDINALITY u (delivery_id, change, ord)
            CROSS JOIN LATERAL (
                SELECT n.before, coalesce(n.peeled, n.after) AS head, n.is_forced, n.listed, n.is_whole
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
        SELECT s.ord, s.before, s.head, s.is_forced, s.listed, coalesce(t.knows_parents, false),
               NOT s.is_whole OR NOT coalesce(t.knows_parents, false) OR s.before IS NULL OR coalesce(t.goes_on, false),
               t.base_sha
        FROM step s LEFT JOIN told t ON t.ord = s.ord;
END
$$;
COMMENT ON FUNCTION jirasync.push_steps IS 'For each of the given pushes: is_told, the parents of all it lists are known; base_sha, the first parent of the lowest commit that it put on the line; goes_on, nothing says that what was there before was dropped';
