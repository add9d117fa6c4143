-- The commits of the pushes that may have brought a pull request by a rebase or a fast-forward, around given commits and pull requests.
CREATE OR REPLACE FUNCTION jirasync.landed_together(
    p_tenant text, p_source text, p_repository text, p_requests bigint[], p_shas text[])
RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(
        WITH push AS (
            SELECT DISTINCT p.delivery_id, p.change
            FROM (SELECT u.sha FROM unnest(p_shas) u (sha)
                  UNION
                  SELECT r.sha
                  FROM unnest(jirasync.commits_of_requests(p_tenant, p_source, p_repository, p_requests)) r (sha)) g
            CROSS JOIN LATERAL (
                SELECT o.delivery_id, o.change FROM jirasync.push_commits o
                WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = g.sha
                OFFSET 0) l
            CROSS JOIN LATERAL (
                SELECT o.delivery_id, o.change, o.after, o.listed FROM jirasync.pushes o
                WHERE o.tenant = p_tenant AND o.source = p_source AND o.delivery_id = l.delivery_id AND o.change = l.change
                  AND o.listed > 1
                OFFSET 0) p
            CROSS JOIN LATERAL (
                SELECT o.number FROM jirasync.pull_requests o
                WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository
                  AND left(o.merge_sha, 7) = left(p.after, 7) AND o.merge_sha = p.after AND o.commit_count = p.listed
                UNION ALL
                SELECT o.number FROM jirasync.pull_requests o
                WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository
                  AND left(o.head_sha, 7) = left(p.after, 7) AND starts_with(p.after, o.head_sha) AND o.state = 'merged'
                OFFSET 0) q
        )
        SELECT DISTINCT l.sha
        FROM push p
        CROSS JOIN LATERAL (
            SELECT o.sha FROM jirasync.push_commits o
            WHERE o.tenant = p_tenant AND o.source = p_source AND o.delivery_id = p.delivery_id AND o.change = p.change
            OFFSET 0) l);
END
$$;
COMMENT ON FUNCTION jirasync.landed_together IS 'All commits of each push that lists one of the given commits, or the newest or merged commit of a given pull request, where its tip is the merged commit of a pull request with as many commits, or the newest one of a pull request that was merged: whether these are what that became (rebased_commits) depends on each of them';
