-- What there is to say of sources: silence that began or ended, tokens that end.

CREATE OR REPLACE FUNCTION jirasync.watch_sources(p_at timestamptz DEFAULT NULL)
RETURNS TABLE (tenant text, source text, finding text, since timestamptz, days_left integer)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_at    timestamptz := coalesce(p_at, now());
    v_day   date := (v_at AT TIME ZONE INTERVAL '-07:00')::date;
    v_site  record;
BEGIN
    FOR v_site IN
        SELECT s.tenant, s.source, p.silent_since, coalesce(h.last_delivery_at, s.registered_at) AS heard_at, o.silent_after
          FROM jirasync.source_health h
          JOIN jirasync.sources s ON s.source = h.source
          JOIN jirasync.site_positions p ON p.tenant = s.tenant AND p.source = s.source
         CROSS JOIN LATERAL jirasync.site_options(s.tenant, s.source) o
         WHERE s.kind = 'jira'
         ORDER BY s.tenant, s.source
    LOOP
        -- Of many workers that look at once one writes; the others wait for it here and find nothing new.
        IF v_site.silent_since IS NULL AND v_site.heard_at < v_at - v_site.silent_after THEN
            UPDATE jirasync.site_positions p SET silent_since = v_site.heard_at
             WHERE p.tenant = v_site.tenant AND p.source = v_site.source AND p.silent_since IS NULL;
            finding := 'silent';
        ELSIF v_site.heard_at > v_site.silent_since THEN
            UPDATE jirasync.site_positions p SET silent_since = NULL
             WHERE p.tenant = v_site.tenant AND p.source = v_site.source AND p.silent_since = v_site.silent_since;
            finding := 'heard';
        ELSE
            CONTINUE;
        END IF;
        IF FOUND THEN
            PERFORM jirasync.ask_reconcile(v_site.source, v_site.tenant, 'silence');
            tenant := v_site.tenant;
            source := v_site.source;
            since := coalesce(v_site.silent_since, v_site.heard_at);
            RETURN NEXT;
        END IF;
    END LOOP;
    RETURN QUERY
        UPDATE jirasync.sources s
           SET token_warned_on = v_day
         WHERE s.api_token_expires - v_day <= jirasync.setting_number('token_warning_days')
           AND (s.token_warned_on < v_day OR s.token_warned_on IS NULL)
        RETURNING s.tenant, s.source, 'token'::text, NULL::timestamptz, s.api_token_expires - v_day;
END
$$;
COMMENT ON FUNCTION jirasync.watch_sources(timestamptz) IS
    'Called by workers every minute: a Jira site that has sent nothing for longer than silent_after (finding silent) is asked to be reconciled, once, and once more when it is heard again (heard), since what stood in the way may have cost webhooks until then; since is the webhook before the silence. A source whose API token ends within token_warning_days (token) is told once a day, days_left below 0 when it has ended. Each row is a line for the log, and comes to one worker alone. p_at is the time, for tests';
