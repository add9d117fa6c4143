-- Where commits have landed and which are on nothing any more: writes what differs.
CREATE OR REPLACE FUNCTION jirasync.write_landing(
    p_tenant text, p_source text, p_repository text, p_shas text[], OUT changed integer, OUT shas text[])
LANGUAGE plpgsql AS $$
BEGIN
    WITH wanted AS MATERIALIZED (
        SELECT c.sha, s.landed_at, s.landed_by, s.is_held IS NOT TRUE AS is_unreachable
        FROM jirasync.commits c
        LEFT JOIN jirasync.commit_standing s
          ON s.tenant = p_tenant AND s.source = p_source AND s.repository = p_repository AND s.sha = c.sha
        WHERE p_shas IS NULL AND c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository
          AND (c.landed_at, c.landed_by, c.is_unreachable)
              IS DISTINCT FROM (s.landed_at, s.landed_by, s.is_held IS NOT TRUE)
        UNION ALL
        SELECT u.sha, s.landed_at, s.landed_by, s.is_held IS NOT TRUE
        FROM (SELECT DISTINCT g.sha FROM unnest(p_shas) g (sha)) u
        LEFT JOIN LATERAL (
            SELECT * FROM jirasync.commit_standing n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = u.sha
            OFFSET 0) s ON true
    ), written AS (
        UPDATE jirasync.commits c
        SET landed_at = w.landed_at, landed_by = w.landed_by, is_unreachable = w.is_unreachable
        FROM wanted w
        WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = w.sha
          AND (c.landed_at, c.landed_by, c.is_unreachable) IS DISTINCT FROM (w.landed_at, w.landed_by, w.is_unreachable)
        RETURNING c.sha
    )
    SELECT count(*), coalesce(array_agg(w.sha), '{}') INTO changed, shas FROM written w;
END
$$;
COMMENT ON FUNCTION jirasync.write_landing IS 'Write the difference between landed_at, landed_by and is_unreachable of commits and commit_standing, for the given commits of a repository or (NULL) for all; says how many and which changed';
