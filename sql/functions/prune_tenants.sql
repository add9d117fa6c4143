-- The tenants that have anything to prune.

CREATE OR REPLACE FUNCTION jirasync.prune_tenants()
RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_tenant  text := '';
BEGIN
    RETURN QUERY SELECT DISTINCT s.tenant FROM jirasync.sources s;
    -- A tenant whose sources were given to another still has what they sent: hops through the ledger by its key.
    LOOP
        SELECT d.tenant INTO v_tenant FROM jirasync.deliveries d WHERE d.tenant > v_tenant ORDER BY d.tenant LIMIT 1;
        EXIT WHEN NOT FOUND;
        IF NOT EXISTS (SELECT FROM jirasync.sources s WHERE s.tenant = v_tenant) THEN
            RETURN NEXT v_tenant;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION jirasync.prune_tenants() IS 'Tenants that have a source, or a delivery in the ledger';
