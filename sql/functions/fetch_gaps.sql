-- Asks a git host for all that its pushes have left out so far, commits or their parents.

CREATE OR REPLACE FUNCTION jirasync.fetch_gaps(source text, tenant text DEFAULT 'main')
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_source  jirasync.sources;
    v_keys    text[];
BEGIN
    SELECT * INTO v_source FROM jirasync.sources s WHERE s.tenant = fetch_gaps.tenant AND s.source = fetch_gaps.source;
    IF v_source.source IS NULL THEN
        RAISE EXCEPTION 'tenant % has no source %', fetch_gaps.tenant, fetch_gaps.source USING ERRCODE = 'no_data_found';
    END IF;
    IF v_source.kind = 'jira' OR NOT v_source.has_credentials THEN
        RAISE EXCEPTION 'source % can''t be asked for commits', fetch_gaps.source
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Give the git host an api_token in the sources file and reload, or import the clone (jirasync import-commits).';
    END IF;
    v_keys := ARRAY(
        SELECT jirasync.fetch_key(w.delivery_id, w.change)
          FROM (SELECT g.delivery_id, g.change, g.received_at
                  FROM jirasync.push_gaps g
                 WHERE g.tenant = fetch_gaps.tenant AND g.source = fetch_gaps.source
                   AND g.reason IN ('truncated', 'no commits listed', 'unknown commit')
                UNION ALL
                SELECT g.delivery_id, g.change, g.received_at
                  FROM jirasync.guessed_pushes g
                 WHERE g.tenant = fetch_gaps.tenant AND g.source = fetch_gaps.source) w
         ORDER BY w.received_at, w.delivery_id, w.change);
    IF cardinality(v_keys) = 0 THEN
        RETURN 0;
    END IF;
    PERFORM jirasync.enqueue_jobs(fetch_gaps.tenant, array_fill('fetch_commits'::text, ARRAY[cardinality(v_keys)]),
                                  array_fill(fetch_gaps.source, ARRAY[cardinality(v_keys)]), v_keys);
    RETURN cardinality(v_keys);
END
$$;
COMMENT ON FUNCTION jirasync.fetch_gaps(text, text) IS
    'Asks for one fetch_commits job for each push of a git host that left commits out, or their parents, which nobody has brought since; returns how many these are';
