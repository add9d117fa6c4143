-- The rows of issue_commits of the given keys and commits, or all.
CREATE OR REPLACE FUNCTION jirasync.present_links(
    p_tenant text, p_keys text[], p_sources text[], p_repositories text[], p_shas text[])
RETURNS SETOF jirasync.issue_commits LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_keys IS NULL THEN
        RETURN QUERY SELECT l.* FROM jirasync.issue_commits l WHERE l.tenant = p_tenant;
    ELSE
        RETURN QUERY
            SELECT l.* FROM unnest(p_keys) u (key)
            JOIN jirasync.issue_commits l ON l.tenant = p_tenant AND l.named_key = u.key
            UNION
            SELECT l.* FROM unnest(p_sources, p_repositories, p_shas) u (source, repository, sha)
            JOIN jirasync.issue_commits l
              ON l.tenant = p_tenant AND l.commit_source = u.source AND l.repository = u.repository AND l.sha = u.sha;
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.present_links IS 'Links as stored, of the keys and commits given; all of them where p_keys is NULL';
