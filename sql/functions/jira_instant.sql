-- An instant as Jira writes it.

CREATE OR REPLACE FUNCTION jirasync.jira_instant(p_text text)
RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE STRICT
SET timezone = 'UTC'
AS $$
BEGIN
    IF p_text !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:?[0-9]{2})$' THEN
        RETURN NULL;
    END IF;
    RETURN p_text::timestamptz;
EXCEPTION WHEN datetime_field_overflow THEN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION jirasync.jira_instant(text) IS 'The instant written as 2019-07-03T11:04:43.020-0700; NULL for anything else';
