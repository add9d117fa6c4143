-- When a time of day in America/Phoenix was last, and when it is next.

CREATE OR REPLACE FUNCTION jirasync.reconcile_times(p_time text, p_at timestamptz, OUT last_due timestamptz, OUT next_due timestamptz)
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_today  timestamptz;
BEGIN
    IF p_time IS NULL OR p_time = 'off' THEN
        RETURN;
    END IF;
    v_today := (date_trunc('day', p_at AT TIME ZONE INTERVAL '-07:00') + p_time::time) AT TIME ZONE INTERVAL '-07:00';
    last_due := v_today - CASE WHEN v_today > p_at THEN interval '24 hours' ELSE interval '0' END;
    next_due := last_due + interval '24 hours';
END
$$;
COMMENT ON FUNCTION jirasync.reconcile_times(text, timestamptz) IS
    'The last moment up to p_at, and the first one after it, at which it is p_time (HH:MM) in America/Phoenix; NULL for off';
