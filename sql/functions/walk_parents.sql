-- The commits that one holds, down to the first-parent lines that its history meets.
CREATE OR REPLACE FUNCTION jirasync.walk_parents(p_tenant text, p_source text, p_repository text, p_sha text)
RETURNS TABLE (sha text, ref text, "position" integer, knows_parents boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    -- Each look-up is kept whole by OFFSET 0, so that it goes by index whatever the planner guesses. Of a line that a
    -- commit stands on all that came before is known by position: the walk ends there. (A ref that was put on a commit of
    -- which no line is known has a line that tells nothing of what came before.)
    RETURN QUERY
        WITH RECURSIVE walk (sha) AS (
            SELECT p_sha
            UNION
            SELECT p.sha
            FROM walk w
            CROSS JOIN LATERAL (
                SELECT c.parents FROM jirasync.commits c
                WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = w.sha
                  AND NOT EXISTS (
                      SELECT FROM jirasync.commit_refs o
                      JOIN jirasync.refs r
                        ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = o.ref
                      WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository
                        AND o.sha = w.sha AND o.on_line AND (r.parent_ref IS NOT NULL OR r.base_sha IS NULL))
                OFFSET 0) c
            CROSS JOIN LATERAL unnest(c.parents) p (sha)
        )
        SELECT w.sha, line.ref, line.position, line.ref IS NOT NULL OR c.parents IS NOT NULL
        FROM walk w
        LEFT JOIN LATERAL (
            SELECT o.ref, o.position FROM jirasync.commit_refs o
            JOIN jirasync.refs r
              ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = o.ref
            WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = w.sha
              AND o.on_line AND (r.parent_ref IS NOT NULL OR r.base_sha IS NULL)
            ORDER BY r.uncertain, r.is_default DESC, r.counted DESC, o.ref
            LIMIT 1) line ON true
        LEFT JOIN LATERAL (
            SELECT k.parents FROM jirasync.commits k
            WHERE k.tenant = p_tenant AND k.source = p_source AND k.repository = p_repository AND k.sha = w.sha
            OFFSET 0) c ON true;
END
$$;
COMMENT ON FUNCTION jirasync.walk_parents IS 'The given commit and those it descends from, as far as the first commits on a first-parent line: these with ref and position, which say what lies below. knows_parents false: the way ends there because nobody told the parents';
