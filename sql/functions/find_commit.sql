-- The commit that a hash, in full or cut short, means.
CREATE OR REPLACE FUNCTION jirasync.find_commit(p_tenant text, p_source text, p_repository text, p_prefix text)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off AS $$
DECLARE
    v_prefix  text := lower(p_prefix);
    v_shas    text[];
BEGIN
    IF v_prefix ~ '^[0-9a-f]{4,64}$' THEN
        v_shas := ARRAY(
            SELECT c.sha FROM jirasync.commits c
            WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository
              AND c.sha >= v_prefix AND c.sha < v_prefix || 'g'
            ORDER BY c.sha LIMIT 6);
    END IF;
    IF cardinality(v_shas) > 1 THEN
        RAISE EXCEPTION 'several commits of % begin with %', p_repository, v_prefix
            USING ERRCODE = 'too_many_rows', HINT = 'Say more of it: ' || array_to_string(v_shas[1:5], ', ')
                || CASE WHEN cardinality(v_shas) > 5 THEN ', ...' ELSE '' END || '.';
    END IF;
    RETURN v_shas[1];
END
$$;
COMMENT ON FUNCTION jirasync.find_commit IS 'The full hash of the one commit that begins so; NULL for none; raises for several';
