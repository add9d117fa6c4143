-- The reverts that may take back the given commits of a repository.
CREATE OR REPLACE FUNCTION jirasync.revert_candidates(
    p_tenant text, p_source text, p_repository text, p_shas text[])
RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH place AS (
        SELECT DISTINCT r.ref, r.position
        FROM unnest(p_shas) u (sha)
        JOIN jirasync.commit_refs r
          ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.sha = u.sha
    ), named AS (
        SELECT u.sha FROM unnest(p_shas) u (sha)
        UNION
        -- a child of the same position keeps a merge off the first-parent line, so its coming or going counts
        SELECT unnest(c.parents)
        FROM unnest(p_shas) u (sha)
        JOIN jirasync.commits c
          ON c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = u.sha
        UNION
        SELECT c.sha
        FROM place p
        JOIN jirasync.commit_refs r
          ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
         AND r.ref = p.ref AND r.position = p.position
        JOIN jirasync.commits c
          ON c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = r.sha
        WHERE cardinality(c.parents) > 1
    )
    SELECT DISTINCT r.sha
    FROM named n
    JOIN jirasync.revert_names r
      ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
     AND left(r.named, 7) = left(n.sha, 7) AND starts_with(n.sha, r.named);
END
$$;
COMMENT ON FUNCTION jirasync.revert_candidates IS 'Commits of the repository whose reverts name one of the given commits, in full or cut short, one of their parents, or a merge of the same position on a branch';
