-- A header's number.

CREATE OR REPLACE FUNCTION jirasync.header_number(p_text text)
RETURNS double precision
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    RETURN CASE WHEN p_text ~ '^\s*[0-9]{1,15}(\.[0-9]{1,6})?\s*$' THEN p_text::double precision END;
END
$$;
COMMENT ON FUNCTION jirasync.header_number(text) IS 'The number that a header holds; NULL for anything else';
