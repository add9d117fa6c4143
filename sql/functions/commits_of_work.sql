-- Which other commits are the same piece of work?
CREATE OR REPLACE FUNCTION jirasync.commits_of_work(p_tenant text, p_source text, p_repository text, p_sha text)
RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
    RETURN QUERY
        WITH origin AS (
            SELECT coalesce(c.picked_from, c.sha) AS sha FROM jirasync.commits c
            WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = p_sha
        ), named AS (
            SELECT o.sha FROM origin o
            UNION
            SELECT m.sha
            FROM jirasync.commit_refs b
            JOIN jirasync.commit_refs m
              ON m.tenant = p_tenant AND m.source = p_source AND m.repository = p_repository AND m.ref = b.ref
             AND m.position = b.position AND m.on_line
            WHERE b.tenant = p_tenant AND b.source = p_source AND b.repository = p_repository AND b.sha = p_sha
              AND NOT b.on_line
        )
        SELECT o.sha FROM origin o WHERE o.sha <> p_sha
        UNION
        SELECT p.sha
        FROM named n
        CROSS JOIN LATERAL (
            SELECT c.sha FROM jirasync.commits c
            WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.picked_from = n.sha
            OFFSET 0) p
        WHERE p.sha <> p_sha;
END
$$;
COMMENT ON FUNCTION jirasync.commits_of_work IS 'The original that a commit was picked from, the picks of that, and those of merges that brought the commit';
