-- An instant as text, in the time of Phoenix.

CREATE OR REPLACE FUNCTION jirasync.phoenix_time(p_at timestamptz)
RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    RETURN to_char(p_at AT TIME ZONE INTERVAL '-07:00', 'YYYY-MM-DD"T"HH24:MI:SS.MS"-07:00"');
END
$$;
COMMENT ON FUNCTION jirasync.phoenix_time(timestamptz) IS 'The instant as it stands in artifacts: 2026-11-24T04:12:00.123-07:00';
