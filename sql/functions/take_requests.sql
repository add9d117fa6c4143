-- The token bucket: how many requests may go to a site now.

CREATE OR REPLACE FUNCTION jirasync.take_requests(
    p_tenant text, p_source text, p_wanted integer DEFAULT 1, p_endpoint text DEFAULT '', p_at timestamptz DEFAULT NULL,
    OUT granted integer, OUT wait_ms bigint, OUT why text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_site    jirasync.site_budgets;
    v_option  record;
    v_now     timestamptz;
    v_rate    double precision;
    v_until   timestamptz;
    v_probe   interval := jirasync.setting_number('circuit_probe_s') * interval '1 s';
BEGIN
    -- A crash that forgets some takes lets as many requests go twice: nothing to wait for the disk for.
    PERFORM set_config('synchronous_commit', 'off', true);
    SELECT * INTO v_option FROM jirasync.site_options(p_tenant, p_source);
    SELECT * INTO v_site FROM jirasync.site_budgets b WHERE b.tenant = p_tenant AND b.source = p_source FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        INSERT INTO jirasync.site_budgets (tenant, source, tokens, filled_at)
        VALUES (p_tenant, p_source, v_option.requests_burst, coalesce(p_at, clock_timestamp()))
        ON CONFLICT DO NOTHING;
        SELECT * INTO v_site FROM jirasync.site_budgets b WHERE b.tenant = p_tenant AND b.source = p_source FOR NO KEY UPDATE;
    END IF;
    -- The clock is read under the lock: nobody fills the bucket for a time that another has filled it for.
    v_now := coalesce(p_at, clock_timestamp());
    v_rate := least(v_option.requests_per_second, v_site.told_rate)
              * CASE WHEN v_site.slow_until > v_now
                     THEN (SELECT s.value::double precision FROM jirasync.settings s WHERE s.name = 'slow_share') ELSE 1 END;
    v_site.tokens := least(v_option.requests_burst, v_site.told_burst,
                           v_site.tokens + v_rate * greatest(extract(epoch FROM v_now - v_site.filled_at), 0));
    v_site.filled_at := greatest(v_site.filled_at, v_now);
    granted := 0;
    v_until := greatest(v_site.paused_until, (
        SELECT e.paused_until FROM jirasync.endpoint_pauses e
         WHERE e.tenant = p_tenant AND e.source = p_source AND e.endpoint = p_endpoint AND p_endpoint <> ''));
    IF v_site.circuit = 'open' AND v_site.probe_at > v_now THEN
        why := 'circuit_open';
        wait_ms := ceil(1000 * extract(epoch FROM greatest(v_site.probe_at, v_until) - v_now));
    ELSIF v_until > v_now THEN
        why := 'paused';
        wait_ms := ceil(1000 * extract(epoch FROM v_until - v_now));
    ELSIF v_site.tokens < 1 THEN
        why := 'rate';
        wait_ms := ceil(1000 * (1 - v_site.tokens) / v_rate);
    ELSIF v_site.circuit = 'open' THEN
        granted := least(p_wanted, 1);
        v_site.probe_at := v_now + v_probe;
    ELSE
        granted := least(p_wanted, floor(v_site.tokens)::integer);
    END IF;
    UPDATE jirasync.site_budgets b
       SET tokens = v_site.tokens - granted, filled_at = v_site.filled_at, probe_at = v_site.probe_at, taken = b.taken + granted
     WHERE b.tenant = p_tenant AND b.source = p_source;
END
$$;
COMMENT ON FUNCTION jirasync.take_requests(text, text, integer, text, timestamptz) IS
    'Takes up to p_wanted requests to a site out of the bucket that all workers share: granted is how many may go now; when that is 0, ask again in wait_ms, and why says what is in the way (rate, paused, circuit_open). p_at is the time, for tests; NULL is now';
