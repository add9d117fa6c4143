-- A numeric setting.

CREATE OR REPLACE FUNCTION jirasync.setting_number(p_name text)
RETURNS bigint
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    RETURN (SELECT value::bigint FROM jirasync.settings WHERE name = p_name);
END
$$;
COMMENT ON FUNCTION jirasync.setting_number(text) IS 'The value of a setting that is a number';
