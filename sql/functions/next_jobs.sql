-- When each tenant's next job is due.

CREATE OR REPLACE FUNCTION jirasync.next_jobs(p_kinds text[])
RETURNS TABLE (tenant text, due_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
-- As in claim_jobs: in the index's order, whatever the statistics were when the plan was made.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
SET enable_incremental_sort = off
AS $$
#variable_conflict use_column
DECLARE
    v_kind      text;
    v_priority  integer;
    v_run_at    timestamptz;
BEGIN
    -- The first job of each kind and priority is one look into jobs_to_claim, however many wait.
    FOR tenant IN SELECT t FROM jirasync.job_tenants() t LOOP
        due_at := NULL;
        FOR v_kind IN
            SELECT k FROM unnest(p_kinds) k
             WHERE NOT EXISTS (SELECT FROM jirasync.paused_kinds p WHERE p.tenant = next_jobs.tenant AND p.kind = k)
        LOOP
            v_priority := -40000;
            LOOP
                SELECT j.priority, j.run_at INTO v_priority, v_run_at
                  FROM jirasync.jobs j
                 WHERE j.tenant = next_jobs.tenant AND j.kind = v_kind AND j.state IN ('available', 'retryable')
                   AND j.priority > v_priority
                 ORDER BY j.priority, j.run_at
                 LIMIT 1;
                EXIT WHEN NOT FOUND;
                due_at := least(due_at, v_run_at);
            END LOOP;
        END LOOP;
        IF due_at IS NOT NULL THEN
            RETURN NEXT;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION jirasync.next_jobs(text[]) IS
    'Tenants with waiting jobs of the kinds that are not paused, and when the first is due';
