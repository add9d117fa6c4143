-- The reverts that may take back the given commits of a repository.
CREATE OR REPLACE FUNCTION jirasync.revert_candidates(
    p_tenant text, p_source text, p_repository text, p_shas text[])
RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH given AS MATERIALIZED (
        SELECT u.sha, c.picked_from
        FROM unnest(p_shas) u (sha)
        LEFT JOIN jirasync.commits c
          ON c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = u.sha
    ), place AS (
        SELECT DISTINCT r.ref, r.position
        FROM given g
        JOIN jirasync.commit_refs r
          ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.sha = g.sha
    ), named AS MATERIALIZED (
        SELECT g.sha FROM given g
        UNION
        SELECT g.picked_from FROM given g WHERE g.picked_from IS NOT NULL
        UNION
        SELECT o.sha
        FROM (SELECT g.sha FROM given g UNION SELECT g.picked_from FROM given g WHERE g.picked_from IS NOT NULL) g
        JOIN jirasync.commits o
          ON o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.picked_from = g.sha
        UNION
        -- what stands on the line may be the merge that brought what has its position
        SELECT r.sha
        FROM place p
        JOIN jirasync.commit_refs r
          ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
         AND r.ref = p.ref AND r.position = p.position
        WHERE r.on_line
    )
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
COMMENT ON FUNCTION jirasync.revert_candidates IS 'Commits of the repository whose reverts name one of the given commits, in full or cut short or by its pull request, a cherry-pick or the original of one, or a merge of the same position on a branch';
