-- Discards one job, whatever its state.

CREATE OR REPLACE FUNCTION jirasync.discard_job(p_id bigint, p_tenant text DEFAULT 'main')
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_token  bigint;
BEGIN
    v_token := jirasync.take_job(p_tenant, p_id, ARRAY['available', 'retryable', 'running'], 'discard_job');
    IF v_token IS NULL THEN
        RETURN false;
    END IF;
    PERFORM jirasync.put_back_jobs(p_tenant, ARRAY[p_id], ARRAY[v_token], 0, ARRAY['discarded by hand'], ARRAY[0], false,
                                   true);
    RETURN true;
END
$$;
COMMENT ON FUNCTION jirasync.discard_job(bigint, text) IS
    'Discards a job that waits or runs; whoever runs it can''t complete it any more. False when there is no such job';
