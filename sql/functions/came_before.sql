-- Was a commit there where a revert was made that a merge brought?
CREATE OR REPLACE FUNCTION jirasync.came_before(
    p_tenant text, p_source text, p_repository text, p_branch text, p_ref text, p_position integer,
    p_sha text, p_place integer, p_revert text, p_named text)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_known   boolean;
    v_before  boolean;
BEGIN
    -- From the revert down through what came with it, and to what of the branch these were put on.
    WITH RECURSIVE walked (sha) AS (
        SELECT p_revert
        UNION
        SELECT c.parent
        FROM walked w
        CROSS JOIN LATERAL (
            SELECT unnest(n.parents) AS parent FROM jirasync.commits n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = w.sha
              AND EXISTS (SELECT FROM jirasync.commit_refs o
                          WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository
                            AND o.sha = w.sha AND o.ref = p_ref AND o.position = p_position)
            OFFSET 0) c
    )
    SELECT bool_and(CASE WHEN p.position = p_position THEN c.parents IS NOT NULL ELSE p.position IS NOT NULL END),
           bool_or(w.sha = p_sha OR p.position < p_position AND p.position >= p_place)
    INTO v_known, v_before
    FROM walked w
    LEFT JOIN LATERAL (
        SELECT n.parents FROM jirasync.commits n
        WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = w.sha
        OFFSET 0) c ON true
    LEFT JOIN LATERAL (
        SELECT min(o.position) AS "position"
        FROM jirasync.commit_refs o
        JOIN jirasync.counted_reach b
          ON b.tenant = p_tenant AND b.source = p_source AND b.repository = p_repository AND b.ref = o.ref
         AND b.branch = p_branch AND b.up_to >= o.position
        WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = w.sha
        OFFSET 0) p ON true;
    IF v_known OR v_before THEN
        RETURN v_before IS TRUE;
    END IF;
    -- Where not all parents are told, dates tell what one merge brought; and what came before it was not there where a pick of
    -- it was made.
    IF p_place = p_position THEN
        RETURN EXISTS (
            SELECT FROM jirasync.commits c
            JOIN jirasync.commits r
              ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.sha = p_revert
            WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = p_sha
              AND (c.committed_at > r.committed_at) IS NOT TRUE);
    END IF;
    RETURN NOT EXISTS (
        SELECT FROM jirasync.commit_refs o
        WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = p_named
          AND o.ref = p_ref AND o.position = p_position);
END
$$;
COMMENT ON FUNCTION jirasync.came_before IS 'Is a commit, at its place on a counted branch, an ancestor of a revert that a merge on a line of that branch brought at a position? By the parents of what came with the revert; where these are not all told, by their places, dates, and p_named, what the revert names';
