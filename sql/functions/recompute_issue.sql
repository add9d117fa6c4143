-- Asks for the correlation of one issue anew.
CREATE OR REPLACE FUNCTION jirasync.recompute_issue(key text, tenant text DEFAULT 'main') RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
DECLARE
    v_sources  text[];
    v_ids      text[];
BEGIN
    SELECT array_agg(k.source ORDER BY k.source, k.issue_id), array_agg(k.issue_id::text ORDER BY k.source, k.issue_id)
    INTO v_sources, v_ids
    FROM jirasync.issue_keys k
    WHERE k.tenant = recompute_issue.tenant AND k.issue_key = upper(recompute_issue.key);
    IF v_ids IS NULL THEN
        RAISE EXCEPTION 'no issue of tenant % is or was %', recompute_issue.tenant, upper(recompute_issue.key)
            USING ERRCODE = 'no_data_found', HINT = 'See unknown_issue_keys for keys that commits name and Jira has not told of.';
    END IF;
    PERFORM jirasync.enqueue_jobs(recompute_issue.tenant, array_fill('correlate_issue'::text, ARRAY[cardinality(v_ids)]),
                                  v_sources, v_ids);
    RETURN cardinality(v_ids);
END
$$;
COMMENT ON FUNCTION jirasync.recompute_issue IS 'Enqueue the recomputation of each issue that bears or bore the key; returns how many. For use after facts were changed by hand';
