-- Closes a run and makes its document.

CREATE OR REPLACE FUNCTION jirasync.close_run(p_tenant text, p_run_id text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_run          jirasync.runs;
    v_at           timestamptz;
    v_correlation  json;
BEGIN
    SELECT * INTO v_run FROM jirasync.runs WHERE tenant = p_tenant AND run_id = p_run_id FOR UPDATE;
    IF NOT FOUND OR v_run.finished_at IS NOT NULL THEN
        RETURN v_run.document;
    END IF;
    v_at := clock_timestamp();
    v_correlation := jirasync.run_correlation(p_tenant, p_run_id);
    UPDATE jirasync.runs
       SET finished_at = v_at,
           summary = (v_correlation -> 'summary')::jsonb,
           document = json_build_object(
               'run_id', run_id, 'git_sha', git_sha, 'generated_at', jirasync.phoenix_time(v_at),
               'timezone', 'America/Phoenix', 'args', args, 'issues', jirasync.run_issues(p_tenant, p_run_id),
               'correlation', v_correlation)::text
     WHERE tenant = p_tenant AND run_id = p_run_id
    RETURNING document INTO v_run.document;
    PERFORM jirasync.record_run_coverage(p_tenant, p_run_id, v_at);
    PERFORM jirasync.record_run_states(p_tenant, p_run_id, v_at);
    RETURN v_run.document;
END
$$;
COMMENT ON FUNCTION jirasync.close_run(text, text) IS
    'Closes an open run, keeps its document, the coverage of the touched versions and the changed states of stories, and returns the document; that of a closed run is made only once. NULL when there is no such run';
