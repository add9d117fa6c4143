-- The commit that a hash means, or an error that says what to do.
CREATE OR REPLACE FUNCTION jirasync.known_commit(p_tenant text, p_source text, p_repository text, p_prefix text)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
DECLARE
    v_sha  text;
BEGIN
    PERFORM jirasync.find_repository(p_tenant, p_source, p_repository);
    v_sha := jirasync.find_commit(p_tenant, p_source, p_repository, p_prefix);
    IF v_sha IS NULL THEN
        RAISE EXCEPTION '% has no commit %', p_repository, p_prefix
            USING ERRCODE = 'no_data_found',
                  HINT = 'It takes at least the first four digits of the hash; what no push told of comes with import-commits.';
    END IF;
    RETURN v_sha;
END
$$;
COMMENT ON FUNCTION jirasync.known_commit IS 'The full hash of the one commit of the repository that begins so; raises for none and for several';
