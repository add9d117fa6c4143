-- When the prune job was last due by the clock, and when it is next.

CREATE OR REPLACE FUNCTION jirasync.prune_times(OUT last_due timestamptz, OUT next_due timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_at     text := (SELECT s.value FROM jirasync.settings s WHERE s.name = 'prune_at');
    v_today  timestamptz;
BEGIN
    IF v_at IS NULL OR v_at = 'off' THEN
        RETURN;
    END IF;
    v_today := (date_trunc('day', now() AT TIME ZONE INTERVAL '-07:00') + v_at::time) AT TIME ZONE INTERVAL '-07:00';
    last_due := v_today - CASE WHEN v_today > now() THEN interval '24 hours' ELSE interval '0' END;
    next_due := last_due + interval '24 hours';
END
$$;
COMMENT ON FUNCTION jirasync.prune_times() IS
    'The last and the next moment at which setting prune_at, a time of day in America/Phoenix, has the prune job enqueued; NULL when it is off';
