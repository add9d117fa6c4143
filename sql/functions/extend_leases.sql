-- Extends the leases of held jobs: the worker's heartbeat.

CREATE OR REPLACE FUNCTION jirasync.extend_leases(p_tenant text, p_ids bigint[], p_tokens bigint[], p_lease_ms integer)
RETURNS SETOF bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    -- A locked row is about to be completed or put back: waiting for it could only deadlock.
    RETURN QUERY
        WITH held AS MATERIALIZED (
            SELECT j.id
              FROM jirasync.jobs j
              JOIN unnest(p_ids, p_tokens) AS t (id, token) ON j.id = t.id AND j.lease_token = t.token
             WHERE j.tenant = p_tenant
               FOR UPDATE OF j SKIP LOCKED
        )
        UPDATE jirasync.jobs j
           SET lease_expires_at = clock_timestamp() + p_lease_ms * interval '1 ms'
          FROM held
         WHERE j.tenant = p_tenant AND j.id = held.id
        RETURNING j.id;
END
$$;
COMMENT ON FUNCTION jirasync.extend_leases(text, bigint[], bigint[], integer) IS
    'Extends the leases of jobs that are still held and returns their ids';
