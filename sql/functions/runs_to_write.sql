-- The closed runs whose artifact is not written.

CREATE OR REPLACE FUNCTION jirasync.runs_to_write(p_limit integer)
RETURNS TABLE (tenant text, run_id text, finished_at timestamptz, document text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT r.tenant, r.run_id, r.finished_at, r.document
          FROM jirasync.runs r
         WHERE r.finished_at IS NOT NULL AND r.artifact IS NULL AND r.document IS NOT NULL
         ORDER BY r.finished_at
         LIMIT p_limit;
END
$$;
COMMENT ON FUNCTION jirasync.runs_to_write(integer) IS 'Closed runs without an artifact, oldest first';
