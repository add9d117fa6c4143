-- The places on a branch of what pushes list.
CREATE OR REPLACE FUNCTION jirasync.push_places(
    p_tenant text, p_source text, p_repository text, p_ref text, p_deliveries text[], p_changes integer[],
    p_after_position integer)
RETURNS SETOF jirasync.push_place LANGUAGE plpgsql STABLE SET enable_hashjoin = on SET enable_nestloop = off
SET jit = off AS $$
BEGIN
    -- OFFSET 0 keeps each look-up whole, so that it goes by index; what is looked up is joined by hash, since there may be
    -- thousands of pushes.
    RETURN QUERY
    WITH RECURSIVE push AS MATERIALIZED (
        SELECT u.ord::integer, p.*
        FROM unnest(p_deliveries, p_changes) WITH ORDINALITY u (delivery_id, change, ord)
        CROSS JOIN LATERAL (
            SELECT n.delivery_id, n.change, coalesce(n.peeled, n.after) AS head, n.received_at
            FROM jirasync.pushes n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.delivery_id = u.delivery_id AND n.change = u.change
            OFFSET 0) p
    ), told AS (
        SELECT s.ord, s.received_at, l.place, l.sha, l.is_known_elsewhere
        FROM push s
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.push_commits n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.delivery_id = s.delivery_id AND n.change = s.change
            OFFSET 0) l
        UNION ALL
        -- a tip that is not listed was told of elsewhere
        SELECT s.ord, s.received_at, 2147483647, s.head, true
        FROM push s
        WHERE NOT EXISTS (
            SELECT FROM jirasync.push_commits n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.delivery_id = s.delivery_id AND n.change = s.change
              AND n.sha = s.head
            OFFSET 0)
    ), listed AS MATERIALIZED (
        SELECT t.*, c.parents, c.committed_at,
               -- a merge into another branch was brought along, as what it merged was
               c.is_merge AND coalesce(c.into_branch, p_ref) = p_ref AS is_merge,
               bool_and(c.parents IS NOT NULL) OVER (PARTITION BY t.ord) AS knows_parents,
               t.place = max(t.place) OVER (PARTITION BY t.ord) AS is_head
        FROM told t
        CROSS JOIN LATERAL (
            SELECT n.parents, n.committed_at, coalesce(cardinality(n.parents) > 1, n.is_merge_named) AS is_merge,
                   substring(split_part(n.message, E'\n', 1) FROM ' into ''?([^'' ]+)''?$') AS into_branch
            FROM jirasync.commits n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = t.sha
            OFFSET 0) c
    ), chain (ord, sha, parents) AS (
        -- where parents are told, the line goes by them
        SELECT l.ord, l.sha, l.parents FROM listed l WHERE l.knows_parents AND l.is_head
        UNION
        SELECT l.ord, l.sha, l.parents FROM chain c JOIN listed l ON l.ord = c.ord AND l.sha = c.parents[1]
    ), merging AS (
        -- a merge that was pushed before is brought along by one that was not
        SELECT l.ord, l.place, l.sha, l.is_known_elsewhere,
               l.is_merge AND (NOT l.is_known_elsewhere
                   OR (l.place < max(l.place) FILTER (WHERE l.is_merge AND NOT l.is_known_elsewhere)
                       OVER (PARTITION BY l.ord)) IS NOT TRUE) AS is_merge
        FROM listed l WHERE NOT l.knows_parents
    ), untold AS (
        -- else a merge brings what is listed between the merge before it and itself
        SELECT m.*, min(m.place) FILTER (WHERE m.is_merge) OVER (
                   PARTITION BY m.ord ORDER BY m.place ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS merge_place
        FROM merging m
    ), grouped AS (
        -- of these, where any was pushed before, only those that were
        SELECT u.*, u.is_merge OR u.merge_place IS NULL
                    OR (NOT u.is_known_elsewhere AND bool_or(u.is_known_elsewhere AND NOT u.is_merge) OVER (
                            PARTITION BY u.ord, u.merge_place)) AS on_line
        FROM untold u
    ), line AS MATERIALIZED (
        SELECT l.ord, l.place, l.sha, l.parents, l.knows_parents, l.is_head, l.is_known_elsewhere,
               least(l.committed_at, l.received_at) AS landed_at,
               p_after_position + row_number() OVER (ORDER BY l.ord, l.place)::integer AS "position"
        FROM listed l
        LEFT JOIN chain c ON c.ord = l.ord AND c.sha = l.sha
        LEFT JOIN grouped g ON g.ord = l.ord AND g.place = l.place AND g.on_line
        WHERE c.sha IS NOT NULL OR g.sha IS NOT NULL
    ), reach (ord, sha, "position") AS (
        SELECT n.ord, u.sha, n.position FROM line n CROSS JOIN LATERAL unnest(n.parents) u (sha) WHERE n.knows_parents
        UNION
        SELECT r.ord, u.sha, r.position
        FROM reach r
        JOIN listed l ON l.ord = r.ord AND l.sha = r.sha
        CROSS JOIN LATERAL unnest(l.parents) u (sha)
        WHERE NOT EXISTS (SELECT FROM chain c WHERE c.ord = r.ord AND c.sha = r.sha)
    ), reached AS (
        SELECT r.ord, r.sha, min(r.position) AS "position" FROM reach r GROUP BY r.ord, r.sha
    ), brought AS (
        SELECT l.ord, l.sha, coalesce(r.position, merge.position, head.position) AS "position"
        FROM listed l
        LEFT JOIN reached r ON r.ord = l.ord AND r.sha = l.sha
        LEFT JOIN grouped g ON g.ord = l.ord AND g.place = l.place
        LEFT JOIN line merge ON merge.ord = l.ord AND merge.place = g.merge_place
        LEFT JOIN line head ON head.ord = l.ord AND head.is_head
        WHERE NOT EXISTS (SELECT FROM line n WHERE n.ord = l.ord AND n.place = l.place)
    )
    SELECT n.ord, n.sha, n.position, true, NOT n.is_known_elsewhere, n.landed_at FROM line n
    UNION ALL
    SELECT b.ord, b.sha, b.position, false, false, n.landed_at
    FROM brought b JOIN line n ON n.ord = b.ord AND n.position = b.position;
END
$$;
COMMENT ON FUNCTION jirasync.push_places IS 'Places of the commits that the given pushes of a branch list, the pushes in the order in which they moved it; positions begin after p_after_position';
