-- The rows that issue_commits is to have for the given keys and commits.
CREATE OR REPLACE FUNCTION jirasync.wanted_links(
    p_tenant text, p_keys text[], p_sources text[], p_repositories text[], p_shas text[])
RETURNS SETOF jirasync.issue_commits LANGUAGE plpgsql STABLE AS $$
BEGIN
    -- OFFSET 0 keeps each look-up whole, so that it goes by index from its key
    RETURN QUERY
        SELECT w.tenant, w.source, w.issue_id, w.issue_key, w.commit_source, w.repository, w.sha, w.evidence,
               w.named_key, w.is_merge, w.reverted_by, w.counts, w.landed_at, w.is_revert, w.is_unreachable,
               w.reverted_on, w.original_sha
        FROM unnest(p_keys) u (key)
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.wanted_issue_commits v
            WHERE v.tenant = p_tenant AND v.named_key = u.key
            OFFSET 0) w
        UNION
        SELECT w.tenant, w.source, w.issue_id, w.issue_key, w.commit_source, w.repository, w.sha, w.evidence,
               w.named_key, w.is_merge, w.reverted_by, w.counts, w.landed_at, w.is_revert, w.is_unreachable,
               w.reverted_on, w.original_sha
        FROM unnest(p_sources, p_repositories, p_shas) u (source, repository, sha)
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.wanted_issue_commits v
            WHERE v.tenant = p_tenant AND v.commit_source = u.source AND v.repository = u.repository AND v.sha = u.sha
            OFFSET 0) w;
END
$$;
COMMENT ON FUNCTION jirasync.wanted_links IS 'wanted_issue_commits of the keys and commits given';
