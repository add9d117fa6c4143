-- The tenants that have jobs.

CREATE OR REPLACE FUNCTION jirasync.job_tenants()
RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_tenant  text := '';
BEGIN
    -- Hops from tenant to tenant by the primary key: the cost follows the tenants, not the jobs.
    LOOP
        SELECT j.tenant INTO v_tenant FROM jirasync.jobs j WHERE j.tenant > v_tenant ORDER BY j.tenant LIMIT 1;
        EXIT WHEN NOT FOUND;
        RETURN NEXT v_tenant;
    END LOOP;
END
$$;
COMMENT ON FUNCTION jirasync.job_tenants() IS 'Tenants that have a job in any state';
