-- The newest, merge or squash commits of pull requests.
CREATE OR REPLACE FUNCTION jirasync.commits_of_requests(
    p_tenant text, p_source text, p_repository text, p_requests bigint[])
RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(
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
            OFFSET 0) c);
END
$$;
COMMENT ON FUNCTION jirasync.commits_of_requests IS 'The known commits that the given pull requests of a repository name as their newest or as what they were merged as, in full or cut short';
