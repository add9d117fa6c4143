-- The places that commits of a former line have on the one that a push made.
CREATE OR REPLACE FUNCTION jirasync.retraced_places(
    p_step jirasync.push_step, p_places jirasync.push_place[], p_tenant text, p_source text, p_repository text,
    p_line text[], p_start integer, p_gone jirasync.push_place[])
RETURNS jirasync.push_place[] LANGUAGE plpgsql STABLE SET enable_hashjoin = on AS $$
BEGIN
    RETURN ARRAY(
        WITH RECURSIVE gone AS MATERIALIZED (
            SELECT DISTINCT ON (o.sha) o.sha, o.bears_name, o.landed_at,
                   p_start - cardinality(p_line) + l.nth::integer AS line_position
            FROM unnest(p_gone) o LEFT JOIN unnest(p_line) WITH ORDINALITY l (sha, nth) ON l.sha = o.sha
            WHERE o.sha NOT IN (SELECT n.sha FROM unnest(p_places) n WHERE n.ord = p_step.ord)
            ORDER BY o.sha, o.ord DESC, o.position, o.on_line
        ), pushed AS MATERIALIZED (
            SELECT o.sha, o.position FROM unnest(p_places) o WHERE o.ord = p_step.ord
        ), parent AS MATERIALIZED (
            SELECT a.sha, u.sha AS parent
            FROM (SELECT o.sha FROM gone o UNION SELECT o.sha FROM pushed o) a
            CROSS JOIN LATERAL (
                SELECT c.parents FROM jirasync.commits c
                WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = a.sha
                OFFSET 0) c
            CROSS JOIN LATERAL unnest(c.parents) u (sha)
        ), reach (sha, "position") AS (
            SELECT o.sha, o.position FROM pushed o
            UNION
            SELECT g.sha, g.line_position FROM gone g WHERE g.line_position IS NOT NULL
            UNION
            SELECT p.parent, r.position
            FROM reach r JOIN parent p ON p.sha = r.sha JOIN gone g ON g.sha = p.parent AND g.line_position IS NULL
        ), reached AS (
            SELECT r.sha, min(r.position) AS "position" FROM reach r GROUP BY r.sha
        )
        -- What nothing leads to went with the old tip; or it came with that, where that came along.
        SELECT (p_step.ord, g.sha, coalesce(r.position, before.position, (SELECT max(o.position) FROM pushed o)),
                g.line_position IS NOT NULL, g.bears_name,
                g.landed_at)::jirasync.push_place
        FROM gone g LEFT JOIN reached r ON r.sha = g.sha LEFT JOIN reached before ON before.sha = p_step.before
        WHERE r.sha IS NOT NULL OR p_step.leaves_line);
END
$$;
COMMENT ON FUNCTION jirasync.retraced_places IS 'Part of retraced_line: of what the branch held above the place where its line was left (p_gone), p_line, the lowest first, is on the line before the commits of the push (p_start: the position before them); all else that these stand on was brought by the commit that reaches it first';
