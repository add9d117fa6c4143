-- The tenants that a worker looks after.

CREATE OR REPLACE FUNCTION jirasync.tenants_to_rescue()
RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT t FROM jirasync.job_tenants() t
         UNION
        SELECT r.tenant FROM jirasync.runs r WHERE r.finished_at IS NULL;
END
$$;
COMMENT ON FUNCTION jirasync.tenants_to_rescue() IS 'Tenants that have jobs or open runs: those a worker looks after';
