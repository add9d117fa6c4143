-- Takes back what the replayed members of a batch told of pushes, before they are read anew.

CREATE OR REPLACE FUNCTION jirasync.forget_pushes(
    p_outcome text[], p_known boolean[], p_tenant text[], p_source text[], p_kind text[], p_delivery_id text[],
    OUT tenants text[], OUT sources text[], OUT keys text[])
LANGUAGE plpgsql
AS $$
BEGIN
    WITH member AS MATERIALIZED (
        SELECT m.tenant, m.source, m.delivery_id
          FROM unnest(p_outcome, p_known, p_tenant, p_source, p_kind, p_delivery_id)
               AS m (outcome, known, tenant, source, kind, delivery_id)
         WHERE m.outcome = 'fresh' AND m.known AND m.kind <> 'jira'
    ), push AS (
        DELETE FROM jirasync.pushes p
         USING member m
         WHERE p.tenant = m.tenant AND p.source = m.source AND p.delivery_id = m.delivery_id
        RETURNING p.tenant, p.source, p.repository || '^^' || p.ref AS key
    ), listed AS (
        DELETE FROM jirasync.push_commits l
         USING member m
         WHERE l.tenant = m.tenant AND l.source = m.source AND l.delivery_id = m.delivery_id
        RETURNING l.tenant, l.source, l.repository || '@' || l.sha AS key
    )
    SELECT coalesce(array_agg(j.tenant), '{}'), coalesce(array_agg(j.source), '{}'), coalesce(array_agg(j.key), '{}')
      INTO tenants, sources, keys
      FROM (SELECT * FROM push UNION SELECT * FROM listed) j;
END
$$;
COMMENT ON FUNCTION jirasync.forget_pushes IS
    'Part of store_git: removes the pushes, and their lists of commits, of deliveries that are replayed; returns the jobs of correlate_commit that this asks for. The commits stay: another push may list them, and what no push lists any more is on no ref';
