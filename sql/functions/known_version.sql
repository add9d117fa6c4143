-- Sees to it that a fix version of that name is known.
CREATE OR REPLACE FUNCTION jirasync.known_version(p_tenant text, p_fix_version text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM jirasync.versions v
                   WHERE v.tenant = p_tenant AND v.name = p_fix_version AND v.deleted_at IS NULL
                     AND v.merged_into IS NULL) THEN
        RAISE EXCEPTION 'tenant % has no fix version %', p_tenant, p_fix_version
            USING ERRCODE = 'no_data_found', HINT = coalesce(
                'Near it: ' || jirasync.near_names(p_fix_version, ARRAY(
                    SELECT v.name FROM jirasync.versions v
                    WHERE v.tenant = p_tenant AND v.deleted_at IS NULL AND v.merged_into IS NULL)) || '.',
                'Jira has told of no version yet.');
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.known_version IS 'Raises, and names near ones, where no project of the tenant has a fix version of that name';
