-- What is older than this is pruned.

CREATE OR REPLACE FUNCTION jirasync.prune_cutoff(p_setting text)
RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    RETURN now() - jirasync.setting_number(p_setting) * interval '24 hours';
END
$$;
COMMENT ON FUNCTION jirasync.prune_cutoff(text) IS
    'The moment that lies as many days back as the setting says; NULL, so that nothing is older, when there is no such setting';
