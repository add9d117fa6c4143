-- Takes back the jobs whose worker let the lease run out.

CREATE OR REPLACE FUNCTION jirasync.rescue_jobs(p_tenant text DEFAULT 'main', p_limit integer DEFAULT 1000)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_ids     bigint[];
    v_tokens  bigint[];
    v_errors  text[];
BEGIN
    SELECT array_agg(l.id), array_agg(l.lease_token), array_agg('the lease of ' || l.leased_by || ' ran out')
      INTO v_ids, v_tokens, v_errors
      FROM (SELECT j.id, j.lease_token, j.leased_by
              FROM jirasync.jobs j
             WHERE j.tenant = p_tenant AND j.state = 'running' AND j.lease_expires_at < clock_timestamp()
             ORDER BY j.lease_expires_at
             LIMIT p_limit
               FOR UPDATE SKIP LOCKED) l;
    IF v_ids IS NULL THEN
        RETURN 0;
    END IF;
    RETURN jirasync.put_back_jobs(p_tenant, v_ids, v_tokens, 1, v_errors,
                                  array_fill(0::bigint, ARRAY[cardinality(v_ids)]), false);
END
$$;
COMMENT ON FUNCTION jirasync.rescue_jobs(text, integer) IS
    'Puts jobs with an expired lease back, an attempt counted; the worker calls it every few seconds. Returns how many';
