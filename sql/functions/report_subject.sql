-- The first line of a commit's message, for a report.

CREATE OR REPLACE FUNCTION jirasync.report_subject(p_message text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    -- some clients end lines with CR LF, or leave empty ones in front
    RETURN left(rtrim(split_part(ltrim(p_message, E' \t\r\n'), E'\n', 1), E' \t\r'), 300);
END
$$;
COMMENT ON FUNCTION jirasync.report_subject(text) IS 'The first line that says something in a commit''s message, of up to 300 characters';
