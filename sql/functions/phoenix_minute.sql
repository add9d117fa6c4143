-- An instant as people read it in America/Phoenix.
CREATE OR REPLACE FUNCTION jirasync.phoenix_minute(p_at timestamptz) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN to_char(p_at AT TIME ZONE INTERVAL '-07:00', 'YYYY-MM-DD HH24:MI');
END
$$;
COMMENT ON FUNCTION jirasync.phoenix_minute IS 'The instant at America/Phoenix to the minute: 2026-03-02 04:12';
