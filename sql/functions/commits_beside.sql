-- The commits whose keys depend on given ones, or on given pull requests.
CREATE OR REPLACE FUNCTION jirasync.commits_beside(
    p_tenant text, p_source text, p_repository text, p_requests bigint[], p_shas text[])
RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(
        WITH given AS MATERIALIZED (
            SELECT u.sha FROM unnest(p_shas) u (sha)
            UNION
            SELECT r.sha
            FROM unnest(jirasync.commits_of_requests(p_tenant, p_source, p_repository, p_requests)) r (sha)
        ), via AS (
            SELECT g.sha AS name FROM given g
            UNION
            SELECT '#' || n.number FROM unnest(p_requests) n (number)
            UNION
            SELECT '#' || q.number
            FROM given g
            CROSS JOIN LATERAL (
                SELECT o.number FROM jirasync.pull_requests o
                WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository
                  AND left(o.merge_sha, 7) = left(g.sha, 7) AND starts_with(g.sha, o.merge_sha)
                OFFSET 0) q
        )
        SELECT g.sha FROM given g
        UNION
        -- what had keys from there
        SELECT k.sha
        FROM via v
        CROSS JOIN LATERAL (
            SELECT o.sha FROM jirasync.commit_keys o
            WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.via = v.name
              AND o.evidence IN ('merge', 'pull_request')
            OFFSET 0) k
        UNION
        -- and what came with it
        SELECT b.sha
        FROM given g
        CROSS JOIN LATERAL (
            SELECT o.ref, o.position FROM jirasync.commit_refs o
            WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = g.sha AND o.on_line
            OFFSET 0) m
        CROSS JOIN LATERAL (
            SELECT o.sha FROM jirasync.commit_refs o
            WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.ref = m.ref
              AND o.position = m.position
            OFFSET 0) b);
END
$$;
COMMENT ON FUNCTION jirasync.commits_beside IS 'The given commits, the newest, merge or squash commits of the given pull requests and those that had keys from them, and what any of these brought to a line';
