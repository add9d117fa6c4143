-- Puts held jobs back among those that wait, or among the discarded.

CREATE OR REPLACE FUNCTION jirasync.put_back_jobs(p_tenant text, p_ids bigint[], p_tokens bigint[], p_attempts integer,
                                                  p_errors text[], p_delay_ms bigint[], p_holds boolean,
                                                  p_discard boolean DEFAULT false, p_is_put_off boolean DEFAULT false)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_base       bigint := jirasync.setting_number('backoff_base_ms');
    v_cap        bigint := jirasync.setting_number('backoff_cap_ms');
    v_kinds      text[];
    v_retried    bigint[];
    v_discarded  bigint[];
    v_zeros      bigint[];
    v_total      integer;
BEGIN
    -- One statement, since a successor may already wait; two of the jobs may even have the same key.
    WITH taken AS (
        DELETE FROM jirasync.jobs j
         USING unnest(p_ids, p_tokens, p_errors, p_delay_ms) AS t (id, token, error, delay_ms)
         WHERE j.tenant = p_tenant AND j.id = t.id AND j.lease_token = t.token
        RETURNING j.id, j.kind, j.source, j.key, j.priority, j.attempts + p_attempts AS attempts, j.max_attempts,
                  j.first_at, coalesce(t.error, j.last_error) AS last_error,
                  clock_timestamp() + CASE
                          WHEN t.delay_ms IS NULL OR p_holds
                          THEN greatest(t.delay_ms, random() * least(v_cap, v_base * power(2, least(j.attempts, 40))))
                          ELSE t.delay_ms END * interval '1 ms' AS run_at,
                  CASE WHEN p_holds THEN clock_timestamp() + t.delay_ms * interval '1 ms' END AS not_before
    ), merged AS (
        SELECT min(id) AS id, kind, source, key, min(priority) AS priority, max(attempts) AS attempts,
               max(max_attempts) AS max_attempts, min(first_at) AS first_at,
               (array_agg(last_error ORDER BY attempts DESC, id DESC))[1] AS last_error,
               greatest(min(run_at), max(not_before)) AS run_at, max(not_before) AS not_before, count(*) AS jobs,
               p_discard OR (p_attempts > 0 AND max(attempts) >= max(max_attempts)) AS is_discarded
          FROM taken
         GROUP BY kind, source, key
    ), waiting AS (
        INSERT INTO jirasync.jobs AS j (tenant, id, state, kind, source, key, priority, attempts, max_attempts, run_at,
                                        last_error, first_at, not_before, is_put_off)
        OVERRIDING SYSTEM VALUE
        SELECT p_tenant, id, CASE WHEN attempts > 0 THEN 'retryable' ELSE 'available' END, kind, source, key, priority,
               attempts, max_attempts, run_at, last_error, first_at, not_before, p_is_put_off
          FROM merged
         WHERE NOT is_discarded
         ORDER BY kind, source, key
        ON CONFLICT (tenant, kind, source, key) WHERE state IN ('available', 'retryable') DO UPDATE
           SET state = CASE WHEN greatest(j.attempts, excluded.attempts) > 0 THEN 'retryable' ELSE 'available' END,
               priority = least(j.priority, excluded.priority),
               attempts = greatest(j.attempts, excluded.attempts),
               max_attempts = greatest(j.max_attempts, excluded.max_attempts),
               run_at = greatest(j.not_before, excluded.not_before, least(j.run_at, excluded.run_at)),
               last_error = coalesce(excluded.last_error, j.last_error),
               first_at = least(j.first_at, excluded.first_at),
               not_before = greatest(j.not_before, excluded.not_before),
               is_quiet = j.is_quiet AND excluded.is_quiet,
               is_put_off = j.is_put_off OR excluded.is_put_off
    ), discarded AS (
        INSERT INTO jirasync.jobs AS j (tenant, id, state, kind, source, key, priority, attempts, max_attempts, run_at,
                                        last_error, first_at)
        OVERRIDING SYSTEM VALUE
        SELECT p_tenant, id, 'discarded', kind, source, key, priority, attempts, max_attempts, clock_timestamp(), last_error,
               first_at
          FROM merged
         WHERE is_discarded
         ORDER BY kind, source, key
        ON CONFLICT (tenant, kind, source, key) WHERE state = 'discarded' DO UPDATE
           SET attempts = greatest(j.attempts, excluded.attempts),
               max_attempts = greatest(j.max_attempts, excluded.max_attempts),
               run_at = excluded.run_at,
               last_error = coalesce(excluded.last_error, j.last_error)
    ), counted AS (
        SELECT kind, coalesce(sum(jobs) FILTER (WHERE NOT is_discarded AND p_attempts > 0), 0) AS retried,
               coalesce(sum(jobs) FILTER (WHERE is_discarded), 0) AS discarded, sum(jobs) AS jobs
          FROM merged
         GROUP BY kind
    )
    SELECT array_agg(kind), array_agg(retried), array_agg(discarded), array_agg(0), coalesce(sum(jobs), 0)
      INTO v_kinds, v_retried, v_discarded, v_zeros, v_total
      FROM counted;
    IF v_total > 0 THEN
        PERFORM jirasync.count_jobs(p_tenant, v_kinds, v_zeros, v_retried, v_discarded);
    END IF;
    RETURN v_total;
END
$$;
COMMENT ON FUNCTION jirasync.put_back_jobs(text, bigint[], bigint[], integer, text[], bigint[], boolean, boolean, boolean) IS
    'What giving back, failing, rescuing, retrying and discarding share: deletes jobs by (id, fencing token) and inserts them as waiting or discarded, merged with a successor. p_attempts is added to attempts; a NULL delay means backoff with full jitter; p_holds makes the delay the least of that, and keeps new events from shortening it; p_is_put_off marks those that wait for a worker that can ask their source. Returns how many were still held';
