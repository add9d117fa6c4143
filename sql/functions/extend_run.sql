-- Extends the lease of an open run: part of the worker's heartbeat.

CREATE OR REPLACE FUNCTION jirasync.extend_run(p_tenant text, p_run_id text, p_lease_ms integer)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    UPDATE jirasync.runs
       SET lease_expires_at = clock_timestamp() + p_lease_ms * interval '1 ms'
     WHERE tenant = p_tenant AND run_id = p_run_id AND finished_at IS NULL;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION jirasync.extend_run(text, text, integer) IS 'Extends the lease of an open run; false when it was closed meanwhile';
