-- Pauses a kind of jobs.

CREATE OR REPLACE FUNCTION jirasync.pause_jobs(p_kind text, p_tenant text DEFAULT 'main')
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    INSERT INTO jirasync.paused_kinds (tenant, kind) VALUES (p_tenant, p_kind) ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION jirasync.pause_jobs(text, text) IS
    'Stops the claiming of a kind; jobs are still enqueued, and those that run finish. False when it was paused already';
