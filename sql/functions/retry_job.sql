-- Gives a discarded or waiting job another try, now.

CREATE OR REPLACE FUNCTION jirasync.retry_job(p_id bigint, p_tenant text DEFAULT 'main')
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_token  bigint;
BEGIN
    v_token := jirasync.take_job(p_tenant, p_id, ARRAY['discarded', 'available', 'retryable'], 'retry_job');
    IF v_token IS NULL THEN
        RETURN false;
    END IF;
    PERFORM jirasync.put_back_jobs(p_tenant, ARRAY[p_id], ARRAY[v_token], 0, NULL, ARRAY[0], false);
    PERFORM pg_notify('jirasync_jobs', '');
    RETURN true;
END
$$;
COMMENT ON FUNCTION jirasync.retry_job(bigint, text) IS
    'Runs a discarded or waiting job again at once; its attempts stay, and one more is allowed. False when there is no such job, or it is running';
