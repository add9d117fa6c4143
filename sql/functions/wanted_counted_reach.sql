-- Definition of which counted branches of a repository hold whose rows of commit_refs.
CREATE OR REPLACE FUNCTION jirasync.wanted_counted_reach(p_tenant text, p_source text, p_repository text)
RETURNS SETOF jirasync.counted_reach LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE reach AS (
        -- a branch that is gone stands for what is left of it: what a tag or another branch still holds
        SELECT r.ref AS branch, r.ref, CASE WHEN r.deleted_at IS NULL THEN 2147483647 ELSE r.held_to END AS up_to,
               r.parent_ref, r.fork_position, r.is_fork_guessed, r.base_sha
        FROM jirasync.refs r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
          AND r.counted AND r.kind = 'branch' AND (r.deleted_at IS NULL OR r.held_to > 0) AND strpos(r.ref, '~') = 0
          AND EXISTS (
              SELECT FROM jirasync.revert_names n
              WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository)
        UNION ALL
        SELECT w.branch, p.ref, least(w.up_to, w.fork_position), p.parent_ref, p.fork_position, p.is_fork_guessed, p.base_sha
        FROM reach w
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.refs u
            WHERE u.tenant = p_tenant AND u.source = p_source AND u.repository = p_repository AND u.ref = w.parent_ref
            OFFSET 0) p
    ) CYCLE ref SET is_cycle USING path
    SELECT p_tenant, p_source, p_repository, w.ref, w.branch, max(w.up_to),
           bool_and(bool_and(NOT w.is_fork_guessed AND (w.parent_ref IS NOT NULL OR w.base_sha IS NULL)))
               OVER (PARTITION BY w.branch)
    FROM reach w
    WHERE NOT w.is_cycle
    GROUP BY w.ref, w.branch;
END
$$;
COMMENT ON FUNCTION jirasync.wanted_counted_reach IS 'What counted_reach is to be of a repository. A counted branch holds its own rows, and of the branch that it was cut from, and so on, those up to the fork; it is rooted where each of these forks is told';
