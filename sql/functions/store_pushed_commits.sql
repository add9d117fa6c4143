-- The commits that a batch's pushes list, with the keys that their messages name.
--
-- Hosts tell of a commit in several pushes, and not always the same: the fullest look is kept, of equally full ones one
-- that its content chooses, so that the order of arrival never matters. What an import has read is fuller than any.

CREATE OR REPLACE FUNCTION jirasync.store_pushed_commits(
    p_tenant text[], p_source text[], p_delivery_id text[], p_known boolean[], p_git jsonb[],
    OUT tenants text[], OUT sources text[], OUT keys text[])
LANGUAGE plpgsql
-- (what was written is joined with what was told: by nested loops that is quadratic in the commits of a push)
SET enable_hashjoin = on
AS $$
DECLARE
    v_has_replay  boolean := true = ANY (p_known);
BEGIN
    WITH told AS MATERIALIZED (
        SELECT DISTINCT ON (m.tenant, m.source, m.repository, l.sha)
               m.tenant, m.source, m.repository, l.*,
               ROW(l.parents IS NOT NULL, num_nonnulls(l.author, l.author_email, l.authored_at, l.committed_at),
                   length(l.message), l.message, l.parents, l.author, l.author_email, l.authored_at, l.committed_at,
                   l.picked_from, l.reverts, l.handed_keys, l.is_merge_named) AS look
          -- (OFFSET 0: each document is gone through once, not for each of its commits)
          FROM (SELECT g.tenant, g.source, g.git ->> 'repository' AS repository, g.git -> 'changes' AS changes
                  FROM unnest(p_tenant, p_source, p_git) AS g (tenant, source, git)
                OFFSET 0) AS m
         CROSS JOIN LATERAL jsonb_to_recordset(m.changes) AS c (commits jsonb)
         CROSS JOIN LATERAL jsonb_to_recordset(c.commits) AS l (
               sha text, parents text[], message text, author text, author_email text, authored_at timestamptz,
               committed_at timestamptz, is_merge_named boolean, picked_from text, reverts text[], keys text[],
               handed_keys text[], refused jsonb)
         ORDER BY m.tenant, m.source, m.repository, l.sha, look DESC
    ), wanted AS MATERIALIZED (
        SELECT t.*, s.sha IS NULL AS is_new,
               ARRAY(SELECT DISTINCT u.key FROM unnest(t.keys) u (key) ORDER BY 1) AS wanted_keys,
               ARRAY(SELECT DISTINCT jsonb_build_array(r.text, r.reason)
                       FROM jsonb_to_recordset(t.refused) r (text text, reason text) ORDER BY 1) AS wanted_refused,
               s.look AS stored_look, s.is_from_history
          FROM told t
          LEFT JOIN LATERAL (
               SELECT n.sha, n.is_from_history,
                      ROW(n.parents IS NOT NULL, num_nonnulls(n.author, n.author_email, n.authored_at, n.committed_at),
                          length(n.message), n.message, n.parents, n.author, n.author_email, n.authored_at, n.committed_at,
                          n.picked_from, n.reverts, n.handed_keys, n.is_merge_named) AS look
                 FROM jirasync.commits n
                WHERE n.tenant = t.tenant AND n.source = t.source AND n.repository = t.repository AND n.sha = t.sha
               OFFSET 0) s ON true
         WHERE s.is_from_history IS NOT TRUE
    ), changed AS MATERIALIZED (
        SELECT w.*
          FROM wanted w
         WHERE w.is_new OR w.look > w.stored_look
            -- Read anew, what this delivery alone tells may also become less.
            OR v_has_replay AND w.look < w.stored_look AND NOT EXISTS (
                   SELECT FROM jirasync.push_commits l
                    WHERE l.tenant = w.tenant AND l.source = w.source AND l.repository = w.repository AND l.sha = w.sha
                      AND l.delivery_id <> ALL (p_delivery_id))
            OR w.look = w.stored_look AND (w.wanted_keys, w.wanted_refused) IS DISTINCT FROM (
                   ARRAY(SELECT k.key FROM jirasync.commit_keys k
                          WHERE k.tenant = w.tenant AND k.source = w.source AND k.repository = w.repository
                            AND k.sha = w.sha AND k.evidence = 'message' ORDER BY k.key),
                   ARRAY(SELECT jsonb_build_array(r.candidate, r.reason) FROM jirasync.refused_keys r
                          WHERE r.tenant = w.tenant AND r.source = w.source AND r.repository = w.repository
                            AND r.sha = w.sha ORDER BY 1))
    ), written AS (
        INSERT INTO jirasync.commits AS c
               (tenant, source, repository, sha, parents, message, author, author_email, authored_at, committed_at,
                picked_from, reverts, handed_keys, is_merge_named)
        SELECT w.tenant, w.source, w.repository, w.sha, w.parents, w.message, w.author, w.author_email, w.authored_at,
               w.committed_at, w.picked_from, w.reverts, w.handed_keys, w.is_merge_named
          FROM changed w
         ORDER BY w.tenant, w.source, w.repository, w.sha
        ON CONFLICT (tenant, source, repository, sha) DO UPDATE
           SET parents = excluded.parents, message = excluded.message, author = excluded.author,
               author_email = excluded.author_email, authored_at = excluded.authored_at,
               committed_at = excluded.committed_at, picked_from = excluded.picked_from, reverts = excluded.reverts,
               handed_keys = excluded.handed_keys, is_merge_named = excluded.is_merge_named,
               changed_seq = excluded.changed_seq
         -- An import may have read it since.
         WHERE NOT c.is_from_history
        RETURNING c.tenant, c.source, c.repository, c.sha, c.changed_seq
    ), kept AS MATERIALIZED (
        SELECT w.*, n.changed_seq
          FROM written n
          JOIN changed w ON w.tenant = n.tenant AND w.source = n.source AND w.repository = n.repository AND w.sha = n.sha
    ), no_key AS (
        DELETE FROM jirasync.commit_keys k
         USING (SELECT w.tenant, w.source, w.repository, w.sha, o.key
                  FROM kept w
                 CROSS JOIN LATERAL (
                       SELECT n.key FROM jirasync.commit_keys n
                        WHERE n.tenant = w.tenant AND n.source = w.source AND n.repository = w.repository
                          AND n.sha = w.sha AND n.evidence = 'message'
                       OFFSET 0) o
                 WHERE NOT w.is_new
                EXCEPT
                SELECT w.tenant, w.source, w.repository, w.sha, unnest(w.wanted_keys) FROM kept w WHERE NOT w.is_new) e
         WHERE k.tenant = e.tenant AND k.source = e.source AND k.repository = e.repository AND k.sha = e.sha
           AND k.key = e.key AND k.evidence = 'message'
    ), key AS (
        INSERT INTO jirasync.commit_keys (tenant, source, repository, sha, key, evidence)
        SELECT w.tenant, w.source, w.repository, w.sha, u.key, 'message'
          FROM kept w CROSS JOIN LATERAL unnest(w.wanted_keys) u (key)
         ORDER BY w.tenant, w.source, w.repository, w.sha, u.key
        ON CONFLICT DO NOTHING
    ), not_refused AS (
        DELETE FROM jirasync.refused_keys r
         USING (SELECT w.tenant, w.source, w.repository, w.sha, o.candidate, o.reason
                  FROM kept w
                 CROSS JOIN LATERAL (
                       SELECT n.candidate, n.reason FROM jirasync.refused_keys n
                        WHERE n.tenant = w.tenant AND n.source = w.source AND n.repository = w.repository
                          AND n.sha = w.sha
                       OFFSET 0) o
                 WHERE NOT w.is_new
                EXCEPT
                SELECT w.tenant, w.source, w.repository, w.sha, u.pair ->> 0, u.pair ->> 1
                  FROM kept w CROSS JOIN LATERAL unnest(w.wanted_refused) u (pair)
                 WHERE NOT w.is_new) e
         WHERE r.tenant = e.tenant AND r.source = e.source AND r.repository = e.repository AND r.sha = e.sha
           AND r.candidate = e.candidate AND r.reason = e.reason
    ), refused AS (
        INSERT INTO jirasync.refused_keys (tenant, source, repository, sha, candidate, reason)
        SELECT w.tenant, w.source, w.repository, w.sha, u.pair ->> 0, u.pair ->> 1
          FROM kept w CROSS JOIN LATERAL unnest(w.wanted_refused) u (pair)
         ORDER BY w.tenant, w.source, w.repository, w.sha, u.pair
        ON CONFLICT DO NOTHING
    )
    SELECT coalesce(array_agg(j.tenant), '{}'), coalesce(array_agg(j.source), '{}'), coalesce(array_agg(j.key), '{}')
      INTO tenants, sources, keys
      FROM (SELECT w.tenant, w.source,
                   w.repository || '#' || min(w.changed_seq) || '-' || max(w.changed_seq) AS key
              FROM written w
             GROUP BY w.tenant, w.source, w.repository
             UNION
            -- where a commit stands may follow from what is told of it now: the refs whose pushes list it are read anew
            SELECT w.tenant, w.source, w.repository || '^^' || p.ref
              FROM kept w
             CROSS JOIN LATERAL (
                   SELECT l.delivery_id, l.change FROM jirasync.push_commits l
                    WHERE l.tenant = w.tenant AND l.source = w.source AND l.repository = w.repository AND l.sha = w.sha
                   OFFSET 0) l
              JOIN jirasync.pushes p
                ON p.tenant = w.tenant AND p.source = w.source AND p.delivery_id = l.delivery_id AND p.change = l.change
             WHERE NOT w.is_new) j;
END
$$;
COMMENT ON FUNCTION jirasync.store_pushed_commits IS
    'Part of store_git: writes the commits that pushes list, unless an import has read them, their keys of evidence message and their refused keys; only what differs. Returns the jobs of correlate_commit, REPOSITORY#FROM-TO over the changed commits of each repository, and REPOSITORY^^REF for the refs of pushes that list one that was known and is told otherwise now';
