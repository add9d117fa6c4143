-- Notes where a run's artifact is.

CREATE OR REPLACE FUNCTION jirasync.record_artifact(p_tenant text, p_run_id text, p_artifact text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    UPDATE jirasync.runs
       SET artifact = p_artifact
     WHERE tenant = p_tenant AND run_id = p_run_id AND finished_at IS NOT NULL;
END
$$;
COMMENT ON FUNCTION jirasync.record_artifact(text, text, text) IS
    'Notes the path of a run''s artifact, once the file is safe on disk; set it to NULL to have the file written again';
