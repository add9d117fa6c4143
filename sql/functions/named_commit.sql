-- The commit that a person names by repository and hash, whatever source it came from.
CREATE OR REPLACE FUNCTION jirasync.named_commit(
    p_tenant text, p_repository text, p_prefix text, p_source text,
    OUT source text, OUT sha text, OUT subject text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    v_sources  text[] := ARRAY(
        SELECT r.source FROM jirasync.repositories r
        WHERE r.tenant = p_tenant AND r.repository = p_repository AND (p_source IS NULL OR r.source = p_source)
        ORDER BY r.source);
    v_found    text[];
BEGIN
    IF v_sources = '{}' THEN
        RAISE EXCEPTION 'tenant % has no repository %', p_tenant, p_repository || coalesce(' of source ' || p_source, '')
            USING ERRCODE = 'no_data_found', HINT = coalesce(
                'Near it: ' || jirasync.near_names(p_repository, ARRAY(
                    SELECT r.repository FROM jirasync.repositories r WHERE r.tenant = p_tenant)) || '.',
                'Tenant ' || p_tenant || ' has no commits yet.');
    END IF;
    v_found := ARRAY(
        SELECT s.source FROM unnest(v_sources) s (source)
        WHERE jirasync.find_commit(p_tenant, s.source, p_repository, p_prefix) IS NOT NULL);
    IF cardinality(v_found) > 1 THEN
        RAISE EXCEPTION 'several sources of tenant % have commit % of %', p_tenant, p_prefix, p_repository
            USING ERRCODE = 'too_many_rows', HINT = format('Say which: source => %L.', v_found[1]);
    END IF;
    source := coalesce(v_found[1], v_sources[1]);
    sha := jirasync.known_commit(p_tenant, source, p_repository, p_prefix);
    subject := (SELECT split_part(c.message, E'\n', 1) FROM jirasync.commits c
                WHERE c.tenant = p_tenant AND c.source = named_commit.source AND c.repository = p_repository
                  AND c.sha = named_commit.sha);
END
$$;
COMMENT ON FUNCTION jirasync.named_commit IS 'Source, full hash and subject of the one commit of a repository that begins so; raises, with what to do, for none and for several';
