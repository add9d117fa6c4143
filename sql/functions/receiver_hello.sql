-- A receiver's first call on a connection: registers its sources and says what /readyz needs to know.

CREATE OR REPLACE FUNCTION jirasync.receiver_hello(p_sources jsonb)
RETURNS TABLE (schema_version text, is_writable boolean, fsync boolean, synchronous_commit boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    is_writable := NOT current_setting('transaction_read_only')::boolean;
    IF is_writable THEN
        PERFORM jirasync.register_sources(p_sources);
        PERFORM jirasync.note_receiver(p_sources);
    END IF;
    schema_version := (SELECT max(m.version) FROM jirasync.schema_migrations m);
    fsync := current_setting('fsync')::boolean;
    synchronous_commit := current_setting('synchronous_commit') <> 'off';
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION jirasync.receiver_hello(jsonb) IS
    'Registers a receiver''s sources and notes that it is there; returns the newest applied migration, and whether a commit can be written and will outlive a crash';
