-- Claims due jobs of a tenant under a lease.

CREATE OR REPLACE FUNCTION jirasync.claim_jobs(p_tenant text, p_kinds text[], p_limit integer, p_worker text,
                                               p_lease_ms integer)
RETURNS TABLE (id bigint, token bigint, kind text, source text, key text, attempts integer)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
-- By index, however long the queue was when the plan was made: it may be empty one minute and 100,000 jobs the next.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
-- In the index's order, which ends at the limit: sorting what another index finds means to read the whole queue.
SET enable_sort = off
SET enable_incremental_sort = off
-- A dear row: what looks through the queue never seems cheaper than what goes to the rows it wants.
SET cpu_tuple_cost = 1
AS $$
#variable_conflict use_column
DECLARE
    v_kind  text;
    v_left  integer := p_limit;
    v_taken integer;
BEGIN
    -- A crash that loses a lease leaves the job to be claimed: nothing to wait for the disk for.
    PERFORM set_config('synchronous_commit', 'off', true);
    -- The kind whose first job is the most urgent goes first.
    FOR v_kind IN
        SELECT k.kind
          FROM unnest(p_kinds) AS k (kind),
               LATERAL (SELECT j.priority, j.run_at
                          FROM jirasync.jobs j
                         WHERE j.tenant = p_tenant AND j.kind = k.kind AND j.state IN ('available', 'retryable')
                           AND j.run_at <= now()
                         ORDER BY j.priority, j.run_at
                         LIMIT 1) AS first
         WHERE NOT EXISTS (SELECT FROM jirasync.paused_kinds p WHERE p.tenant = p_tenant AND p.kind = k.kind)
         ORDER BY first.priority, first.run_at
    LOOP
        RETURN QUERY
            WITH due AS MATERIALIZED (
                SELECT j.ctid AS place
                  FROM jirasync.jobs j
                 WHERE j.tenant = p_tenant AND j.kind = v_kind AND j.state IN ('available', 'retryable')
                   AND j.run_at <= now()
                 ORDER BY j.priority, j.run_at, j.id
                 LIMIT v_left
                   FOR UPDATE SKIP LOCKED
            )
            UPDATE jirasync.jobs j
               SET state = 'running', lease_token = nextval('jirasync.lease_tokens'), leased_by = p_worker,
                   lease_expires_at = clock_timestamp() + p_lease_ms * interval '1 ms'
              FROM due
             -- By its place: it is locked, so it stays there.
             WHERE j.tenant = p_tenant AND j.ctid = due.place
            RETURNING j.id, j.lease_token, j.kind, j.source, j.key, j.attempts;
        GET DIAGNOSTICS v_taken = ROW_COUNT;
        v_left := v_left - v_taken;
        EXIT WHEN v_left <= 0;
    END LOOP;
END
$$;
COMMENT ON FUNCTION jirasync.claim_jobs(text, text[], integer, text, integer) IS
    'Claims up to p_limit due jobs of the kinds that are not paused: state running, a lease and a fencing token for each';
