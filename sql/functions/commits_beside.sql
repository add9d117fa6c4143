-- The commits whose keys depend on given ones, or on given pull requests.
CREATE OR REPLACE FUNCTION jirasync.commits_beside(
    p_tenant text, p_source text, p_repository text, p_requests bigint[], p_shas text[])
RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(
        WITH given AS MATERIALIZED (
            SELECT u.sha FROM unnest(p_shas) u (sha)
            UNION
            SELECT c.sha
            FROM unnest(p_requests) n (number)
            CROSS JOIN LATERAL (
                SELECT q.merge_sha, q.head_sha FROM jirasync.pull_requests q
                WHERE q.tenant = p_tenant AND q.source = p_source AND q.repository = p_repository AND q.number = n.number
                OFFSET 0) q
            CROSS JOIN LATERAL (VALUES (q.merge_sha), (q.head_sha)) named (sha)
            CROSS JOIN LATERAL (
                SELECT o.sha FROM jirasync.commits o
                WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository
                  AND o.sha >= named.sha AND o.sha < named.sha || 'g'
                OFFSET 0) c
            UNION
            SELECT k.sha
            FROM unnest(p_requests) n (number)
            CROSS JOIN LATERAL (
                SELECT o.sha FROM jirasync.commit_keys o
                WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository
                  AND o.evidence = 'pull_request' AND o.via = '#' || n.number
                OFFSET 0) k
        )
        SELECT g.sha FROM given g
        UNION
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
