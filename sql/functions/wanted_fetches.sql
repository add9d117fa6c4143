-- Which pushes of a batch's deliveries are to be completed by their host.

CREATE OR REPLACE FUNCTION jirasync.wanted_fetches(
    p_tenant text[], p_source text[], p_delivery_id text[], p_git jsonb[],
    OUT tenants text[], OUT sources text[], OUT keys text[])
LANGUAGE plpgsql
AS $$
BEGIN
    SELECT coalesce(array_agg(f.tenant), '{}'), coalesce(array_agg(f.source), '{}'), coalesce(array_agg(f.key), '{}')
      INTO tenants, sources, keys
      FROM (SELECT DISTINCT m.tenant, m.source, jirasync.fetch_key(m.delivery_id, p.change) AS key
              FROM unnest(p_tenant, p_source, p_delivery_id, p_git) AS m (tenant, source, delivery_id, git)
              JOIN jirasync.sources s ON s.tenant = m.tenant AND s.source = m.source AND s.has_credentials
             CROSS JOIN LATERAL (
                   SELECT n.change
                     FROM jirasync.pushes n
                    WHERE n.tenant = m.tenant AND n.source = m.source AND n.delivery_id = m.delivery_id
                      AND NOT n.is_whole AND NOT n.is_notice AND n.after IS NOT NULL
                   OFFSET 0) p
             WHERE m.git IS NOT NULL) f;
END
$$;
COMMENT ON FUNCTION jirasync.wanted_fetches IS
    'Part of store_git: the fetch_commits jobs that the stored pushes of a batch ask for: one for each that left commits out, of sources that have credentials';
