-- How far the commits of each branch and tag are held by something that lives, and by something that counts.
CREATE OR REPLACE FUNCTION jirasync.write_ref_limits(
    p_tenant text, p_source text, p_repository text, OUT changed integer, OUT shas text[])
LANGUAGE plpgsql SET enable_hashjoin = on AS $$
BEGIN
    WITH RECURSIVE ref AS MATERIALIZED (
        SELECT r.ref, r.parent_ref, r.fork_position, r.deleted_at IS NULL AS is_living,
               r.counted AND r.kind = 'branch' AND strpos(r.ref, '~') = 0 AS is_counted, r.held_to, r.counted_to
        FROM jirasync.refs r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
    ), held (ref, up_to, is_counted, parent_ref, fork_position) AS (
        SELECT r.ref, 2147483647, r.is_counted, r.parent_ref, r.fork_position FROM ref r WHERE r.is_living
        UNION
        -- A counted branch that is gone stands for what is left of it; one that goes on, not for what it has dropped.
        SELECT r.ref, least(h.up_to, h.fork_position), h.is_counted OR r.is_counted, r.parent_ref, r.fork_position
        FROM held h JOIN ref r ON r.ref = h.parent_ref
    ), wanted AS (
        SELECT h.ref, max(h.up_to) AS held_to, coalesce(max(h.up_to) FILTER (WHERE h.is_counted), 0) AS counted_to
        FROM held h GROUP BY h.ref
    ), difference AS MATERIALIZED (
        SELECT r.ref, r.held_to AS old_held_to, r.counted_to AS old_counted_to, coalesce(w.held_to, 0) AS held_to,
               coalesce(w.counted_to, 0) AS counted_to
        FROM ref r LEFT JOIN wanted w ON w.ref = r.ref
        WHERE (r.held_to, r.counted_to) IS DISTINCT FROM (coalesce(w.held_to, 0), coalesce(w.counted_to, 0))
    ), written AS (
        UPDATE jirasync.refs r SET held_to = d.held_to, counted_to = d.counted_to
        FROM difference d
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = d.ref
    )
    SELECT (SELECT count(*) FROM difference), coalesce(array_agg(p.sha), '{}') INTO changed, shas
    FROM difference d
    CROSS JOIN LATERAL (
        SELECT o.sha FROM jirasync.commit_refs o
        WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.ref = d.ref
          AND (o.position > least(d.old_held_to, d.held_to) AND o.position <= greatest(d.old_held_to, d.held_to)
               OR o.position > least(d.old_counted_to, d.counted_to)
                  AND o.position <= greatest(d.old_counted_to, d.counted_to))
        OFFSET 0) p;
END
$$;
COMMENT ON FUNCTION jirasync.write_ref_limits IS 'Write the difference between held_to and counted_to of a repository''s refs and what follows from which of them live and count and what they were cut from; says how many rows, and the commits that this concerns';
