-- Enqueues the prune jobs once their time of day has come.

CREATE OR REPLACE FUNCTION jirasync.prune_enqueue_due(OUT enqueued integer, OUT first_day text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_tenant  text;
BEGIN
    enqueued := 0;
    first_day := to_char(jirasync.prune_cutoff('prune_runs_days') AT TIME ZONE INTERVAL '-07:00', 'YYYY-MM-DD');
    -- Of many workers that ask at once one writes; the others wait for it here and find nothing due.
    UPDATE jirasync.settings s
       SET value = to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
      FROM jirasync.prune_times() t
     WHERE s.name = 'prune_scheduled_at' AND s.value::timestamptz < t.last_due;
    IF FOUND THEN
        FOR v_tenant IN SELECT t FROM jirasync.prune_tenants() t ORDER BY t LOOP
            enqueued := enqueued + jirasync.enqueue_jobs(v_tenant, '{prune}', '{""}', '{""}');
        END LOOP;
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.prune_enqueue_due() IS
    'Called by workers every minute: enqueues a prune job for each tenant when the time that prune_at names has passed since it last did, however many ask. first_day is the first day whose artifact files are kept';
