-- Enqueues the reconciliations whose time of day has come.

CREATE OR REPLACE FUNCTION jirasync.reconcile_enqueue_due(p_at timestamptz DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_at     timestamptz := coalesce(p_at, now());
    v_due    record;
    v_asked  integer := 0;
BEGIN
    FOR v_due IN
        SELECT d.tenant, d.source, s.kind
          FROM jirasync.reconcile_schedule_at(v_at) d JOIN jirasync.sources s ON s.source = d.source
         WHERE d.is_due ORDER BY d.tenant, d.source
    LOOP
        -- Of many workers that ask at once one writes; the others wait for it here and find nothing due.
        UPDATE jirasync.site_positions p
           SET scheduled_at = v_at
          FROM jirasync.site_options(v_due.tenant, v_due.source) o,
               LATERAL jirasync.reconcile_times(o.reconcile_at, v_at) t
         WHERE p.tenant = v_due.tenant AND p.source = v_due.source AND p.scheduled_at < t.last_due;
        IF NOT FOUND THEN
            CONTINUE;
        ELSIF v_due.kind = 'jira' THEN
            PERFORM jirasync.ask_reconcile(v_due.source, v_due.tenant, 'schedule');
            v_asked := v_asked + 1;
        ELSE
            -- One try more for what failed too often, as while the host was out of order; what was refused stays so.
            PERFORM jirasync.retry_job(j.id, j.tenant)
               FROM jirasync.jobs j
              WHERE j.tenant = v_due.tenant AND j.kind = 'fetch_commits' AND j.source = v_due.source
                AND j.state = 'discarded' AND j.attempts >= j.max_attempts;
        END IF;
    END LOOP;
    RETURN v_asked;
END
$$;
COMMENT ON FUNCTION jirasync.reconcile_enqueue_due(timestamptz) IS
    'Called by workers every minute: enqueues a reconcile job for each Jira site whose time of day (reconcile_at) has passed since it last did, however many ask, and returns how many; a git host whose time has passed is asked once more for what was given up after max_attempts. p_at is the time, for tests';
