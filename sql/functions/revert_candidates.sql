-- The reverts that may take back the given commits of a repository.
CREATE OR REPLACE FUNCTION jirasync.revert_candidates(
    p_tenant text, p_source text, p_repository text, p_shas text[])
RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE named (sha) AS (
        SELECT u.sha FROM unnest(p_shas) u (sha)
        UNION
        SELECT step.sha
        FROM named n
        CROSS JOIN LATERAL (
            SELECT c.picked_from AS sha FROM jirasync.commits c
            WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = n.sha
              AND c.picked_from IS NOT NULL
            UNION ALL
            SELECT c.sha FROM jirasync.commits c
            WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.picked_from = n.sha
            UNION ALL
            -- what stands on the line may be the merge that brought what has its position
            SELECT m.sha
            FROM jirasync.commit_refs b
            JOIN jirasync.commit_refs m
              ON m.tenant = p_tenant AND m.source = p_source AND m.repository = p_repository
             AND m.ref = b.ref AND m.position = b.position AND m.on_line
            WHERE b.tenant = p_tenant AND b.source = p_source AND b.repository = p_repository AND b.sha = n.sha
              AND NOT b.on_line
            OFFSET 0) step
    ), place AS (
        SELECT DISTINCT r.ref, r.position
        FROM unnest(p_shas) u (sha)
        JOIN jirasync.commit_refs r
          ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.sha = u.sha
        WHERE NOT r.on_line
    )
    -- (whose parents may tell where a revert was made that came with it)
    SELECT r.sha
    FROM place p
    JOIN jirasync.commit_refs b
      ON b.tenant = p_tenant AND b.source = p_source AND b.repository = p_repository
     AND b.ref = p.ref AND b.position = p.position AND NOT b.on_line
    JOIN jirasync.revert_names r
      ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.sha = b.sha
    UNION
    SELECT r.sha
    FROM named n
    JOIN jirasync.revert_names r
      ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
     AND left(r.named, 7) = left(n.sha, 7) AND starts_with(n.sha, r.named)
    UNION
    SELECT r.sha
    FROM named n
    CROSS JOIN LATERAL (
        SELECT o.repository, o.number FROM jirasync.pull_requests o
        WHERE o.tenant = p_tenant AND o.source = p_source AND left(o.merge_sha, 7) = left(n.sha, 7)
          AND starts_with(n.sha, o.merge_sha)
        UNION
        -- (what was merged by a fast-forward names no merged commit)
        SELECT o.repository, o.number FROM jirasync.pull_requests o
        WHERE o.tenant = p_tenant AND o.source = p_source AND left(o.head_sha, 7) = left(n.sha, 7)
          AND starts_with(n.sha, o.head_sha) AND o.state = 'merged'
        UNION
        SELECT o.repository, o.number FROM jirasync.rebased_commits o
        WHERE o.tenant = p_tenant AND o.source = p_source AND o.sha = n.sha
        OFFSET 0) q
    CROSS JOIN LATERAL (
        SELECT CASE WHEN q.repository <> p_repository THEN q.repository ELSE '' END || '#' || q.number AS named
        OFFSET 0) request
    JOIN jirasync.revert_names r
      ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
     AND left(r.named, 7) = left(request.named, 7) AND r.named = request.named;
END
$$;
COMMENT ON FUNCTION jirasync.revert_candidates IS 'Commits of the repository whose reverts name one of the given commits, in full or cut short or by its pull request, a cherry-pick or the original of one, or a merge of the same position on a branch, and those that came with one of them by the same merge';
