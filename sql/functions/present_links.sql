-- The rows of issue_commits of the given keys and commits.
CREATE OR REPLACE FUNCTION jirasync.present_links(
    p_tenant text, p_keys text[], p_sources text[], p_repositories text[], p_shas text[])
RETURNS SETOF jirasync.issue_commits LANGUAGE plpgsql STABLE AS $$
BEGIN
    -- OFFSET 0 keeps each look-up whole, so that it goes by index from its key
    RETURN QUERY
        SELECT l.* FROM unnest(p_keys) u (key)
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.issue_commits c WHERE c.tenant = p_tenant AND c.named_key = u.key
            OFFSET 0) l
        UNION
        SELECT l.* FROM unnest(p_sources, p_repositories, p_shas) u (source, repository, sha)
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.issue_commits c
            WHERE c.tenant = p_tenant AND c.commit_source = u.source AND c.repository = u.repository AND c.sha = u.sha
            OFFSET 0) l;
END
$$;
COMMENT ON FUNCTION jirasync.present_links IS 'Links as stored, of the keys and commits given';
