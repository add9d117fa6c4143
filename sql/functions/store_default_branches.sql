-- The default branches that a batch's git deliveries tell.
--
-- Only a delivery's receipt says which of two branches is the later one: that of the newest push counts, wherever an
-- import has not told it since. Deliveries without a push are asked while no push has told any.

CREATE OR REPLACE FUNCTION jirasync.store_default_branches(
    p_tenant text[], p_source text[], p_git jsonb[],
    OUT tenants text[], OUT sources text[], OUT keys text[])
LANGUAGE plpgsql
AS $$
BEGIN
    WITH told AS MATERIALIZED (
        SELECT m.tenant, m.source, m.git ->> 'repository' AS repository, max(m.git ->> 'default_branch') AS branch,
               min(m.git ->> 'default_branch') AS other_branch
          FROM unnest(p_tenant, p_source, p_git) AS m (tenant, source, git)
         WHERE m.git ->> 'default_branch' <> ''
         GROUP BY m.tenant, m.source, m.git ->> 'repository'
    ), wanted AS MATERIALIZED (
        SELECT t.tenant, t.source, t.repository, s.default_branch AS stored,
               CASE WHEN p.default_branch IS NOT NULL THEN p.default_branch
                    WHEN s.default_branch_at IS NULL THEN greatest(t.branch, s.default_branch)
                    ELSE s.default_branch END AS branch
          FROM told t
          LEFT JOIN LATERAL (
               SELECT n.default_branch, n.default_branch_at FROM jirasync.repositories n
                WHERE n.tenant = t.tenant AND n.source = t.source AND n.repository = t.repository
               OFFSET 0) s ON true
          LEFT JOIN LATERAL (
               SELECT max(n.received_at) AS at FROM jirasync.pushes n
                WHERE n.tenant = t.tenant AND n.source = t.source AND n.repository = t.repository
                  AND n.received_at > coalesce(s.default_branch_at, '-infinity') AND n.default_branch IS NOT NULL
               OFFSET 0) l ON true
          LEFT JOIN LATERAL (
               SELECT max(n.default_branch) AS default_branch FROM jirasync.pushes n
                WHERE n.tenant = t.tenant AND n.source = t.source AND n.repository = t.repository AND n.received_at = l.at
               OFFSET 0) p ON true
         -- A hook that repeats what is known asks no further.
         WHERE t.branch IS DISTINCT FROM s.default_branch OR t.other_branch <> t.branch
    ), written AS (
        INSERT INTO jirasync.repositories AS r (tenant, source, repository, knows_branches, default_branch)
        SELECT w.tenant, w.source, w.repository, false, w.branch
          FROM wanted w
         WHERE w.branch IS DISTINCT FROM w.stored
         ORDER BY w.tenant, w.source, w.repository
        ON CONFLICT (tenant, source, repository) DO UPDATE SET default_branch = excluded.default_branch
        RETURNING r.tenant, r.source, r.repository
    )
    SELECT coalesce(array_agg(w.tenant), '{}'), coalesce(array_agg(w.source), '{}'),
           coalesce(array_agg(w.repository || '^' || u.branch), '{}')
      INTO tenants, sources, keys
      FROM written n
      JOIN wanted w ON w.tenant = n.tenant AND w.source = n.source AND w.repository = n.repository
     -- (while nobody has told it, main or master is taken for it)
     CROSS JOIN LATERAL unnest(CASE WHEN w.stored IS NULL THEN ARRAY['main', 'master'] ELSE ARRAY[w.stored] END
                               || w.branch) u (branch)
     WHERE u.branch IS NOT NULL;
END
$$;
COMMENT ON FUNCTION jirasync.store_default_branches IS
    'Part of store_git: remembers each repository''s default branch as its newest push tells it; returns the jobs of correlate_commit, REPOSITORY^REF for the branch that was the default one and the one that is';
