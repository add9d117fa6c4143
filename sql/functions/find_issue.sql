-- The issue that a key means: the live one that bears it, else the one that took it last.
CREATE OR REPLACE FUNCTION jirasync.find_issue(p_tenant text, p_key text, p_source text DEFAULT NULL)
RETURNS jirasync.issue_keys LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off AS $$
DECLARE
    v_key      text := upper(btrim(p_key));
    v_found    jirasync.issue_keys;
    v_sources  text[];
BEGIN
    SELECT k.* INTO v_found
    FROM jirasync.issue_keys k
    JOIN jirasync.issues i ON i.tenant = k.tenant AND i.source = k.source AND i.issue_id = k.issue_id
    WHERE k.tenant = p_tenant AND k.issue_key = v_key AND (p_source IS NULL OR k.source = p_source)
    ORDER BY (i.deleted_at IS NULL AND i.issue_key = k.issue_key) IS TRUE DESC, k.since DESC, i.source, i.issue_id
    LIMIT 1;
    IF v_found.issue_id IS NULL THEN
        RAISE EXCEPTION 'no issue of tenant % is or was %', p_tenant || coalesce(', source ' || p_source || ',', ''), v_key
            USING ERRCODE = 'no_data_found',
                  HINT = 'See unknown_issue_keys for keys that commits name and Jira has not told of.';
    END IF;
    v_sources := ARRAY(
        SELECT DISTINCT i.source FROM jirasync.issues i
        WHERE i.tenant = p_tenant AND i.issue_key = v_key AND i.deleted_at IS NULL
          AND (p_source IS NULL OR i.source = p_source) ORDER BY i.source);
    IF cardinality(v_sources) > 1 THEN
        RAISE EXCEPTION 'several sites of tenant % have an issue %', p_tenant, v_key
            USING ERRCODE = 'too_many_rows', HINT = format('Say which: source => %L.', v_sources[1]);
    END IF;
    RETURN v_found;
END
$$;
COMMENT ON FUNCTION jirasync.find_issue IS 'The issue that bears or bore a key; raises for none, and where issues of several sites bear it now and no source is given';
