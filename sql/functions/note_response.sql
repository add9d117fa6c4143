-- What an answer says about how a site may be asked.

CREATE OR REPLACE FUNCTION jirasync.note_response(
    p_tenant text, p_source text, p_endpoint text, p_status integer, p_headers jsonb DEFAULT '{}',
    p_at timestamptz DEFAULT NULL,
    OUT retry_after_ms bigint, OUT circuit text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_now       timestamptz := coalesce(p_at, clock_timestamp());
    v_site      jirasync.site_budgets;
    v_header    jsonb;
    v_most      timestamptz := v_now + jirasync.setting_number('pause_most_s') * interval '1 s';
    v_reset     timestamptz;
    v_until     timestamptz;
    v_told      timestamptz;
    v_slow      timestamptz;
    v_rate      double precision;
    v_reason    text;
    v_is_refused boolean := p_status = 0 OR p_status = 429 OR p_status >= 500;
    v_why       text := CASE WHEN p_status = 0 THEN 'no answer' ELSE p_status::text END;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    SELECT coalesce(jsonb_object_agg(lower(h.key), btrim(h.value)), '{}') INTO v_header FROM jsonb_each_text(p_headers) h;
    INSERT INTO jirasync.site_budgets (tenant, source, tokens, filled_at)
    VALUES (p_tenant, p_source, (SELECT o.requests_burst FROM jirasync.site_options(p_tenant, p_source) o), v_now)
    ON CONFLICT DO NOTHING;
    SELECT * INTO v_site FROM jirasync.site_budgets b WHERE b.tenant = p_tenant AND b.source = p_source FOR NO KEY UPDATE;

    v_reason := coalesce(v_header ->> 'ratelimit-reason', v_header ->> 'x-ratelimit-reason', '');
    v_reset := jirasync.header_instant(v_header ->> 'x-ratelimit-reset', v_header ->> 'date', v_now);
    -- Data Center sends retry-after: 0 with every good answer.
    v_told := jirasync.header_instant(v_header ->> 'retry-after', v_header ->> 'date', v_now);
    v_told := CASE WHEN v_told > v_now AND (v_is_refused OR v_header ->> 'x-ratelimit-remaining' = '0') THEN v_told END;
    IF v_told IS NULL AND (p_status = 429 OR v_header ->> 'x-ratelimit-remaining' = '0') AND v_reset > v_now THEN
        v_told := v_reset;
    END IF;
    v_told := greatest(v_told, jirasync.spent_quota(v_header ->> 'ratelimit', v_now));
    -- (least() takes what is NULL for no bound.)
    v_told := CASE WHEN v_told > v_most THEN v_most ELSE v_told END;
    v_until := v_told;
    v_site.refusals := CASE WHEN v_is_refused THEN v_site.refusals + 1 ELSE 0 END;
    IF v_until IS NULL AND v_is_refused THEN
        v_until := v_now + random() * interval '1 ms'
            * least(jirasync.setting_number('pause_cap_ms'),
                    jirasync.setting_number('pause_base_ms') * power(2, least(v_site.refusals - 1, 30)));
    END IF;
    v_why := v_why || CASE WHEN v_told IS NULL THEN '' WHEN v_reason <> '' THEN ', ' || left(v_reason, 60)
                           ELSE ', as the site asked' END;
    -- A limit of bursts holds for one endpoint; a quota, and what does not say what it is, for all of the site.
    IF v_reason IN ('jira-burst-based', 'jira-per-issue-on-write') AND p_endpoint <> '' THEN
        INSERT INTO jirasync.endpoint_pauses AS e (tenant, source, endpoint, paused_until, paused_why)
        SELECT p_tenant, p_source, p_endpoint, v_until, v_why WHERE v_until IS NOT NULL
        ON CONFLICT (tenant, source, endpoint) DO UPDATE
           SET paused_until = greatest(e.paused_until, excluded.paused_until), paused_why = excluded.paused_why;
    ELSIF v_until > coalesce(v_site.paused_until, '-infinity') THEN
        v_site.paused_until := v_until;
        v_site.paused_why := v_why;
    END IF;

    -- Beta-RateLimit is called informational by Jira itself: it slows us down, and stops nothing.
    v_slow := jirasync.spent_quota(v_header ->> 'beta-ratelimit', v_now);
    IF lower(coalesce(v_header ->> 'x-ratelimit-nearlimit', v_header ->> 'x-beta-ratelimit-nearlimit')) = 'true' THEN
        v_slow := greatest(v_slow, CASE WHEN v_reset > v_now THEN v_reset
                                        ELSE v_now + jirasync.setting_number('slow_s') * interval '1 s' END);
    END IF;
    v_site.slow_until := greatest(v_site.slow_until, CASE WHEN v_slow > v_most THEN v_most ELSE v_slow END);
    v_rate := jirasync.header_number(v_header ->> 'x-ratelimit-fillrate')
              / nullif(jirasync.header_number(v_header ->> 'x-ratelimit-interval-seconds'), 0);
    IF v_rate > 0 THEN
        v_site.told_rate := v_rate;
        v_site.told_burst := greatest(least(jirasync.header_number(v_header ->> 'x-ratelimit-limit'), 1000000), 1);
    END IF;
    IF v_header ? 'x-ratelimit-remaining' THEN
        v_site.tokens := least(v_site.tokens, jirasync.header_number(v_header ->> 'x-ratelimit-remaining'));
    END IF;

    IF p_status IN (401, 403) THEN
        v_site.circuit_opened_at := coalesce(v_site.circuit_opened_at, v_now);
        v_site.circuit_status := p_status;
        v_site.circuit := 'open';
        v_site.probe_at := greatest(v_site.probe_at, v_now + jirasync.setting_number('circuit_probe_s') * interval '1 s');
    ELSIF p_status BETWEEN 200 AND 299 THEN
        v_site.circuit := 'closed';
        v_site.circuit_opened_at := NULL;
        v_site.circuit_status := NULL;
        v_site.probe_at := NULL;
    END IF;
    UPDATE jirasync.site_budgets b
       SET tokens = v_site.tokens, told_rate = v_site.told_rate, told_burst = v_site.told_burst,
           slow_until = v_site.slow_until, paused_until = v_site.paused_until, paused_why = v_site.paused_why,
           refusals = v_site.refusals, circuit = v_site.circuit, circuit_opened_at = v_site.circuit_opened_at,
           circuit_status = v_site.circuit_status, probe_at = v_site.probe_at, last_status = p_status, last_answer_at = v_now
     WHERE b.tenant = p_tenant AND b.source = p_source;
    retry_after_ms := ceil(1000 * extract(epoch FROM v_told - v_now));
    circuit := v_site.circuit;
END
$$;
COMMENT ON FUNCTION jirasync.note_response(text, text, text, integer, jsonb, timestamptz) IS
    'Takes what a client saw of an answer: its status (0: none came) and headers, as an object of texts. Pauses the site or the endpoint as Retry-After, X-RateLimit-* and RateLimit ask, or after a refusal that says nothing for a backoff with full jitter; slows down near a limit; 401 and 403 open the circuit, a good answer closes it. retry_after_ms is the least wait that the site asked for, NULL when it did not. p_at is the time, for tests';
