-- A day as Jira writes it.
CREATE OR REPLACE FUNCTION jirasync.date_or_null(p_text text) RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    v_part  text[] := regexp_match(p_text, '^([0-9]{4})-([0-9]{2})-([0-9]{2})$');
BEGIN
    RETURN make_date(v_part[1]::integer, v_part[2]::integer, v_part[3]::integer);
EXCEPTION WHEN datetime_field_overflow THEN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION jirasync.date_or_null IS 'The day written as 2026-11-24; NULL for anything else';
