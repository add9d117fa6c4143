-- Where do the two ends of a range differ by what reverts have taken back in one of them?
CREATE OR REPLACE FUNCTION jirasync.turned_in_range(
    p_tenant text, p_source text, p_repository text, p_from_refs text[], p_from_limits integer[], p_from_walked text[],
    p_to_refs text[], p_to_limits integer[], p_to_walked text[], p_brought text[], p_dropped text[],
    OUT undone text[], OUT shas text[], OUT turners text[], OUT are_gone boolean[])
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
    v_tied  record;
BEGIN
    undone := '{}';
    shas := '{}';
    turners := '{}';
    are_gone := '{}';
    v_tied := jirasync.reverts_tied_to(p_tenant, p_source, p_repository, p_brought || p_dropped);
    IF v_tied.reverts IS NULL THEN
        RETURN;
    END IF;
    WITH line AS (
        SELECT 'from' AS holder, f.ref, f."limit", cardinality(p_from_walked) <= 1 AS is_one
        FROM unnest(p_from_refs, p_from_limits) f (ref, "limit")
        UNION ALL
        SELECT 'to', t.ref, t."limit", cardinality(p_to_walked) <= 1
        FROM unnest(p_to_refs, p_to_limits) t (ref, "limit")
    ), target AS MATERIALIZED (
        SELECT DISTINCT u.sha FROM unnest(v_tied.targets) u (sha)
    ), same AS MATERIALIZED (
        -- a commit and those that are the same work: its original, picks of that, and of a merge that brought it
        SELECT t.sha, t.sha AS other FROM target t
        UNION
        SELECT t.sha, o.sha FROM target t CROSS JOIN LATERAL jirasync.commits_of_work(p_tenant, p_source, p_repository, t.sha) o (sha)
    ), member AS (
        SELECT unnest(v_tied.reverts) AS sha UNION SELECT s.other FROM same s
    ), held AS MATERIALIZED (
        SELECT m.sha, l.holder, CASE WHEN l.is_one THEN p.position END AS "position"
        FROM member m
        CROSS JOIN LATERAL (
            SELECT o.ref, o.position FROM jirasync.commit_refs o
            WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = m.sha
            OFFSET 0) p
        JOIN line l ON l.ref = p.ref AND l."limit" >= p.position
        UNION ALL
        SELECT m.sha, w.holder, NULL
        FROM (SELECT 'from' AS holder, unnest(p_from_walked) AS sha UNION ALL SELECT 'to', unnest(p_to_walked)) w
        JOIN member m ON m.sha = w.sha
    ), taken AS MATERIALIZED (
        SELECT t.revert, t.target, t.holder
        FROM (SELECT array_agg(h.sha) AS shas, array_agg(h.holder) AS holders, array_agg(h.position) AS positions
              FROM held h) a
        CROSS JOIN LATERAL jirasync.taken_back(p_tenant, p_source, p_repository, v_tied.reverts, v_tied.targets,
                                               a.shas, a.holders, a.positions) t
    ), stands AS MATERIALIZED (
        -- whose work is there, by whichever of its commits
        SELECT DISTINCT s.sha, h.holder
        FROM same s
        JOIN held h ON h.sha = s.other
        WHERE NOT EXISTS (SELECT FROM taken t WHERE t.target = h.sha AND t.holder = h.holder)
    ), turned AS (
        -- gone: taken back in the end, and there at the beginning; given back: the other way round; by what in the end
        SELECT t.target, t.holder = 'to' AS is_gone,
               min(CASE WHEN t.holder = 'to' THEN t.revert ELSE (
                   SELECT min(g.revert) FROM taken g WHERE g.holder = 'to' AND g.target = t.revert) END) AS turner
        FROM taken t
        WHERE NOT EXISTS (SELECT FROM stands n WHERE n.sha = t.target AND n.holder = t.holder)
          AND EXISTS (SELECT FROM stands n WHERE n.sha = t.target AND n.holder <> t.holder)
          AND (t.holder = 'to' OR EXISTS (SELECT FROM held h WHERE h.sha = t.target AND h.holder = 'to')
               AND NOT EXISTS (SELECT FROM taken o WHERE o.target = t.target AND o.holder = 'to'))
        GROUP BY t.target, t.holder
    )
    SELECT ARRAY(SELECT t.target FROM taken t WHERE t.holder = 'to' AND t.target = ANY (p_brought)
                 UNION
                 -- (a squash takes work back among other work)
                 SELECT t.revert FROM taken t
                 JOIN jirasync.commit_landing c
                   ON c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = t.revert AND c.is_revert
                 WHERE t.holder = 'to' AND t.target = ANY (p_brought)),
           coalesce(array_agg(t.target), '{}'), coalesce(array_agg(t.turner), '{}'), coalesce(array_agg(t.is_gone), '{}')
    INTO undone, shas, turners, are_gone FROM turned t;
END
$$;
COMMENT ON FUNCTION jirasync.turned_in_range IS 'Of a range (ends as in range_ends; what to alone holds, and from alone) what reverts change beside: undone, what came and was taken back again, with its reverts; shas, the commits whose work from has and to has taken back (are_gone), or that from holds as taken back and to does not; turners, by which revert in to. Work is there by any of its picks';
