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
        SELECT s.tenant, s.source FROM jirasync.reconcile_schedule_at(v_at) s WHERE s.is_due ORDER BY s.tenant, s.source
    LOOP
        -- Of many workers that ask at once one writes; the others wait for it here and find nothing due.
        UPDATE jirasync.site_positions p
           SET scheduled_at = v_at
          FROM jirasync.site_options(v_due.tenant, v_due.source) o,
               LATERAL jirasync.reconcile_times(o.reconcile_at, v_at) t
         WHERE p.tenant = v_due.tenant AND p.source = v_due.source AND p.scheduled_at < t.last_due;
        IF FOUND THEN
            PERFORM jirasync.ask_reconcile(v_due.source, v_due.tenant, 'schedule');
            v_asked := v_asked + 1;
        END IF;
    END LOOP;
    RETURN v_asked;
END
$$;
COMMENT ON FUNCTION jirasync.reconcile_enqueue_due(timestamptz) IS
    'Called by workers every minute: enqueues a reconcile job for each site whose time of day (reconcile_at) has passed since it last did, however many ask; returns how many. p_at is the time, for tests';
