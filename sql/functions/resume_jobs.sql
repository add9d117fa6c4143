-- Resumes a paused kind of jobs.

CREATE OR REPLACE FUNCTION jirasync.resume_jobs(p_kind text, p_tenant text DEFAULT 'main')
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    DELETE FROM jirasync.paused_kinds WHERE tenant = p_tenant AND kind = p_kind;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM pg_notify('jirasync_jobs', '');
    RETURN true;
END
$$;
COMMENT ON FUNCTION jirasync.resume_jobs(text, text) IS 'Ends the pause of a kind and wakes the worker; false when it was not paused';
