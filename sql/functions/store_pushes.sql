-- The changes of refs that a batch's git deliveries tell, and which commits each lists.

CREATE OR REPLACE FUNCTION jirasync.store_pushes(
    p_tenant text[], p_source text[], p_delivery_id text[], p_received_at timestamptz[], p_git jsonb[],
    OUT tenants text[], OUT sources text[], OUT keys text[])
LANGUAGE plpgsql
AS $$
BEGIN
    WITH change AS MATERIALIZED (
        SELECT m.tenant, m.source, m.delivery_id, m.received_at, m.git ->> 'repository' AS repository,
               m.git ->> 'default_branch' AS default_branch, c.*
          FROM unnest(p_tenant, p_source, p_delivery_id, p_received_at, p_git)
               AS m (tenant, source, delivery_id, received_at, git)
         CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(m.git -> 'changes') AS (
               ref text, kind text, before text, after text, is_notice boolean, is_forced boolean, base_ref text,
               total bigint, is_whole boolean, branch_keys text[], branch_refused jsonb, peeled text, commits jsonb))
               WITH ORDINALITY
               AS c (ref, kind, before, after, is_notice, is_forced, base_ref, total, is_whole, branch_keys, branch_refused,
                     peeled, commits, change)
    ), push AS (
        INSERT INTO jirasync.pushes
               (tenant, source, repository, ref, kind, delivery_id, change, before, after, is_notice, is_forced, base_ref,
                listed, total, is_whole, branch_keys, branch_refused, received_at, default_branch, peeled)
        SELECT c.tenant, c.source, c.repository, c.ref, c.kind, c.delivery_id, c.change, c.before, c.after, c.is_notice,
               c.is_forced, c.base_ref, jsonb_array_length(c.commits), c.total, c.is_whole, c.branch_keys,
               (SELECT array_agg(r.reason || ':' || r.text ORDER BY r.place)
                  FROM ROWS FROM (jsonb_to_recordset(c.branch_refused) AS (text text, reason text)) WITH ORDINALITY
                       AS r (text, reason, place)),
               c.received_at, c.default_branch, c.peeled
          FROM change c
        -- A delivery that comes again after its row of the ledger was pruned tells nothing new.
        ON CONFLICT DO NOTHING
    ), listed AS (
        INSERT INTO jirasync.push_commits
               (tenant, source, repository, sha, delivery_id, change, place, is_known_elsewhere)
        SELECT c.tenant, c.source, c.repository, l.sha, c.delivery_id, c.change, l.place, l.is_known_elsewhere
          FROM change c
         CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(c.commits) AS (sha text, is_known_elsewhere boolean))
               WITH ORDINALITY AS l (sha, is_known_elsewhere, place)
         ORDER BY c.tenant, c.source, c.delivery_id, c.change, l.place
        ON CONFLICT DO NOTHING
    )
    SELECT coalesce(array_agg(j.tenant), '{}'), coalesce(array_agg(j.source), '{}'), coalesce(array_agg(j.key), '{}')
      INTO tenants, sources, keys
      FROM (SELECT DISTINCT c.tenant, c.source, c.repository || '^' || c.ref AS key FROM change c
             UNION
            -- what it brought may be what a pull request became
            SELECT c.tenant, c.source, c.repository || '!' || q.number
              FROM change c
             CROSS JOIN LATERAL (
                   SELECT o.number FROM jirasync.pull_requests o
                    WHERE o.tenant = c.tenant AND o.source = c.source AND o.repository = c.repository
                      AND left(o.merge_sha, 7) = left(c.after, 7) AND o.merge_sha = c.after AND o.commit_count > 1
                    UNION ALL
                   SELECT o.number FROM jirasync.pull_requests o
                    WHERE o.tenant = c.tenant AND o.source = c.source AND o.repository = c.repository
                      AND left(o.head_sha, 7) = left(c.after, 7) AND starts_with(c.after, o.head_sha) AND o.state = 'merged'
                   OFFSET 0) q) j;
END
$$;
COMMENT ON FUNCTION jirasync.store_pushes IS
    'Part of store_git: writes pushes and push_commits; returns the jobs of correlate_commit, REPOSITORY^REF for each ref that a push changed, REPOSITORY!NUMBER for each pull request of several commits whose merged commit is its tip, or which was merged and has its tip as its newest';
