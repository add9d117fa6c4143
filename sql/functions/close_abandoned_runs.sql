-- Closes the runs whose worker is gone.

CREATE OR REPLACE FUNCTION jirasync.close_abandoned_runs(p_tenant text DEFAULT 'main')
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_run_id  text;
    v_closed  integer := 0;
BEGIN
    FOR v_run_id IN
        SELECT run_id
          FROM jirasync.runs
         WHERE tenant = p_tenant AND finished_at IS NULL AND lease_expires_at < clock_timestamp()
         ORDER BY started_at
           FOR UPDATE SKIP LOCKED
    LOOP
        PERFORM jirasync.close_run(p_tenant, v_run_id);
        v_closed := v_closed + 1;
    END LOOP;
    RETURN v_closed;
END
$$;
COMMENT ON FUNCTION jirasync.close_abandoned_runs(text) IS
    'Closes open runs with an expired lease; returns how many. Their artifacts are written like those of any closed run';
