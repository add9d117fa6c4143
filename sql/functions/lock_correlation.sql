-- The lock under which one tenant's derived rows are written.
CREATE OR REPLACE FUNCTION jirasync.lock_correlation(p_tenant text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('jirasync correlation'), hashtext(p_tenant));
END
$$;
COMMENT ON FUNCTION jirasync.lock_correlation IS 'Take the tenant''s correlation lock until the transaction ends; call it in a statement of its own, so that the next one sees all that was committed before';
