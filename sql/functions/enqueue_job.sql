-- Enqueues one job by hand.

CREATE OR REPLACE FUNCTION jirasync.enqueue_job(p_kind text, p_key text DEFAULT '', p_source text DEFAULT '',
                                                p_tenant text DEFAULT 'main')
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    PERFORM jirasync.enqueue_jobs(p_tenant, ARRAY[p_kind], ARRAY[p_source], ARRAY[p_key]);
    PERFORM pg_notify('jirasync_jobs', '');
    RETURN (SELECT id
              FROM jirasync.jobs
             WHERE tenant = p_tenant AND kind = p_kind AND source = p_source AND key = p_key
               AND state IN ('available', 'retryable'));
END
$$;
COMMENT ON FUNCTION jirasync.enqueue_job(text, text, text, text) IS
    'Enqueues one job and wakes the worker; returns the id of the job that waits, which may have waited before';
