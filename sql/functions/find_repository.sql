-- Sees to it that a repository is known, and says which are.
CREATE OR REPLACE FUNCTION jirasync.find_repository(p_tenant text, p_source text, p_repository text)
RETURNS void LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM jirasync.repositories r
               WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository)
        OR EXISTS (SELECT FROM jirasync.refs r
                   WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository) THEN
        RETURN;
    END IF;
    RAISE EXCEPTION 'source % of tenant % has no repository %', p_source, p_tenant, p_repository
        USING ERRCODE = 'no_data_found', HINT = coalesce(
            'Near it (source/repository): ' || jirasync.near_names(p_source || '/' || p_repository, ARRAY(
                SELECT r.source || '/' || r.repository FROM jirasync.repositories r WHERE r.tenant = p_tenant)) || '.',
            'Tenant ' || p_tenant || ' has no commits yet.');
END
$$;
COMMENT ON FUNCTION jirasync.find_repository IS 'Raises, and names near ones, where nothing is known of the repository';
