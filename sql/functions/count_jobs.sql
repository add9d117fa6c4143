-- Adds to the counts of jobs that left the table.

CREATE OR REPLACE FUNCTION jirasync.count_jobs(p_tenant text, p_kinds text[], p_completed bigint[], p_retried bigint[],
                                               p_discarded bigint[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    -- A slot for each connection, so that two workers don't wait for one another's row.
    INSERT INTO jirasync.job_counts AS c (tenant, kind, slot, completed, retried, discarded)
    SELECT p_tenant, n.kind, pg_backend_pid() % 64, n.completed, n.retried, n.discarded
      FROM unnest(p_kinds, p_completed, p_retried, p_discarded) AS n (kind, completed, retried, discarded)
     ORDER BY n.kind
    ON CONFLICT (tenant, kind, slot) DO UPDATE
       SET completed = c.completed + excluded.completed,
           retried = c.retried + excluded.retried,
           discarded = c.discarded + excluded.discarded;
END
$$;
COMMENT ON FUNCTION jirasync.count_jobs(text, text[], bigint[], bigint[], bigint[]) IS
    'Counts completed, retried and discarded jobs by kind; p_kinds must hold each kind once';
