-- Until when a waiver holds, in words.
CREATE OR REPLACE FUNCTION jirasync.until_words(p_expires_at timestamptz) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE WHEN p_expires_at IS NULL OR p_expires_at = 'infinity' THEN 'for good'
                ELSE 'until ' || jirasync.phoenix_minute(p_expires_at) END;
END
$$;
COMMENT ON FUNCTION jirasync.until_words IS 'for good, or until and the instant in America/Phoenix';
