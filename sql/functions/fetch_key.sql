-- The key of the job that fetches what a push left out.

CREATE OR REPLACE FUNCTION jirasync.fetch_key(p_delivery_id text, p_change integer)
RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN p_delivery_id || '/' || p_change;
END
$$;
COMMENT ON FUNCTION jirasync.fetch_key(text, integer) IS 'DELIVERY_ID/CHANGE, the key of a fetch_commits job: one a push, so that asking twice asks once';
