-- Opens a correlation run under a lease.

CREATE OR REPLACE FUNCTION jirasync.open_run(p_tenant text, p_run_id text, p_worker text, p_git_sha text, p_args jsonb,
                                             p_lease_ms integer)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    PERFORM jirasync.analyze_grown_tables();
    INSERT INTO jirasync.runs (tenant, run_id, worker, git_sha, args, lease_expires_at)
    VALUES (p_tenant, p_run_id, p_worker, p_git_sha, p_args, clock_timestamp() + p_lease_ms * interval '1 ms')
    ON CONFLICT (tenant, run_id) DO NOTHING;
END
$$;
COMMENT ON FUNCTION jirasync.open_run(text, text, text, text, jsonb, integer) IS
    'Opens a run: the batches of correlation that share one artifact. Harmless when it is open already';
