-- How a site is asked: the bucket that all workers share, what its answers say of limits, the circuit, its tokens.
\set VERBOSITY terse
\pset format unaligned
\pset null -
\pset tuples_only on
SET search_path = jirasync, public;
SET timezone = 'UTC';
SELECT register_sources('[{"source": "site", "kind": "jira", "base_url": "https://jira.example.com"}, {"source": "other", "kind": "jira"},
                          {"source": "host", "kind": "github"}]');
-- Each Jira site has its settings, which say nothing until an operator does.
SELECT source, requests_per_second, reconcile_at FROM site_settings ORDER BY 1;
SELECT * FROM site_options('main', 'site');
UPDATE site_settings SET requests_per_second = 2, requests_burst = 5 WHERE source = 'site';
UPDATE site_settings SET requests_per_second = 0 WHERE source = 'site';
UPDATE site_settings SET reconcile_at = '24:00' WHERE source = 'site';
UPDATE site_settings SET requests_burst = 0 WHERE source = 'site';
SELECT requests_per_second, requests_burst FROM site_options('main', 'site');

-- Five at once, then two a second; time that has passed is not given out twice, and a rest fills it to five, no more.
CREATE FUNCTION at(p_seconds numeric) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT timestamptz '2026-03-26 15:00:00Z' + p_seconds * interval '1 s' $$;
CREATE FUNCTION take(p_seconds numeric, p_wanted int DEFAULT 1, p_endpoint text DEFAULT 'search') RETURNS text LANGUAGE sql AS $$
    SELECT granted || coalesce(' wait ' || wait_ms || ' ' || why, '') FROM take_requests('main', 'site', p_wanted, p_endpoint, at(p_seconds)) $$;
CREATE FUNCTION note(p_seconds numeric, p_status int, p_headers jsonb DEFAULT '{}', p_endpoint text DEFAULT 'search') RETURNS text
LANGUAGE sql AS $$
    SELECT coalesce(retry_after_ms || ' ms ', '') || circuit
    FROM note_response('main', 'site', p_endpoint, p_status, p_headers, at(p_seconds)) $$;
SELECT take(0, 3), take(0, 3) AS then, take(0) AS and_then;
SELECT take(0.4), take(0.5) AS then, take(0.5) AS and_then;
SELECT take(100, 50), take(100, 50) AS then, take(99, 50) AS of_another_clock;
SELECT take(101, 50), take(1000, 0) AS none_wanted;
-- Sites do not share.
SELECT granted FROM take_requests('main', 'other', 1000, '', at(1000));

-- Data Center tells its own bucket with each answer: retry-after 0 is no refusal, and its rate counts where it is lower.
SELECT note(1000, 200, '{"Retry-After": "0", "X-RateLimit-Limit": "3", "X-RateLimit-Remaining": "2", "X-RateLimit-FillRate": "1", "X-RateLimit-Interval-Seconds": "4"}');
SELECT take(1000, 9), take(1000) AS then, take(1004, 9) AS and_then, take(1100, 9) AS after_a_rest;
SELECT note(1101, 200, '{"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "299", "X-RateLimit-FillRate": "600", "X-RateLimit-Interval-Seconds": "60"}');
SELECT take(1200, 9), take(1201, 9) AS ours_is_lower_now;
SELECT note(1300, 200, '{"X-RateLimit-FillRate": "many", "X-RateLimit-Interval-Seconds": "0", "X-RateLimit-Remaining": "-1"}'), take(1300, 9) AS nonsense_is_nothing;

-- Retry-After: seconds, or a date, which the answer's own date is taken from.
SELECT note(2000, 429, '{"Retry-After": "30"}'), take(2029.9), take(2030) AS then;
SELECT note(2100, 503, '{"retry-after": "Thu, 26 Mar 2026 15:36:00 GMT"}'), take(2159.9), take(2160) AS then;
SELECT note(2200, 429, '{"RETRY-AFTER": "Thu, 26 Mar 2026 20:01:40 GMT", "date": "Thu, 26 Mar 2026 20:00:00 GMT"}'), take(2299.9), take(2300) AS then;
SELECT note(2400, 429, '{"Retry-After": "Thursday, 26-Mar-26 15:41:00 GMT"}'), note(2400, 429, '{"Retry-After": "Thu Mar 26 15:41:40 2026"}');
SELECT take(2500);
-- It is the least wait, not the last word: no answer pulls a longer pause in.
SELECT note(2600, 429, '{"Retry-After": "100"}'), note(2610, 429, '{"Retry-After": "1"}'), take(2620), take(2700) AS then;
-- Beyond two hours it is asked again then.
SELECT note(3000, 429, '{"Retry-After": "999999999"}'), take(10199.9), take(10200) AS then;

-- X-RateLimit-Reset: ISO 8601, even without seconds, or epoch seconds; it counts when nothing is left.
SELECT header_instant(t, NULL, at(0)) FROM unnest('{2026-03-26T16:00Z,2026-03-26T16:00:30Z,2026-03-26T16:00:30.5+02:00,2026-03-26T09:00-0700,1774540800,90,2026-02-30T16:00Z,soon,now,infinity,""}'::text[]) t;
SELECT note(11000, 200, '{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2026-03-26T18:05Z"}'), take(11099), take(11100) AS then;
SELECT note(11200, 200, '{"X-RateLimit-Remaining": "7", "X-RateLimit-Reset": "2026-03-26T18:55Z"}'), take(11200) AS some_are_left;
-- A limit of bursts is its endpoint's, a quota all of the site's.
SELECT note(12000, 429, '{"RateLimit-Reason": "jira-burst-based", "Retry-After": "60"}', 'search');
SELECT take(12010, 1, 'search'), take(12010, 1, 'bulkfetch') AS another, take(12060, 1, 'search') AS then;
SELECT note(12100, 429, '{"RateLimit-Reason": "jira-quota-tenant-based", "X-RateLimit-Reset": "2026-03-26T18:30Z"}', 'search');
SELECT take(12110, 1, 'search'), take(12110, 1, 'bulkfetch') AS another, take(12600, 1, 'search') AS then;
SELECT endpoint, paused_why FROM endpoint_pauses;
SELECT paused_why FROM site_budgets WHERE source = 'site';
-- Points: RateLimit with nothing left stops, its beta only slows down, as a limit that is near does.
SELECT note(13000, 200, '{"RateLimit": "\"global-app-quota\";r=10;t=9, \"tenant-app-quota\";r=0;t=120"}'), take(13119), take(13120) AS then;
SELECT note(14000, 200, '{"Beta-RateLimit": "\"tenant-app-quota\";r=0;t=100"}'), take(14000, 9), take(14001.9), take(14002) AS a_quarter, take(14102, 9) AS then;
SELECT note(15000, 200, '{"X-RateLimit-NearLimit": "true"}'), take(15000, 9), take(15002) AS a_quarter, take(15060.5) AS then;
SELECT note(16000, 200, '{"X-RateLimit-NearLimit": "false"}'), take(16000, 9), take(16000.5) AS then;

-- A refusal that says nothing: the pause doubles up to its cap, with full jitter, and a good answer ends the count.
CREATE FUNCTION refuse(p_seconds numeric, p_status int) RETURNS numeric LANGUAGE plpgsql AS $$
BEGIN
    PERFORM note(p_seconds, p_status);
    RETURN (SELECT extract(epoch FROM b.paused_until - at(p_seconds)) FROM site_budgets b WHERE b.source = 'site');
END $$;
SELECT bool_and(refuse(17000 + n * 1000, CASE n WHEN 1 THEN 500 WHEN 2 THEN 0 WHEN 3 THEN 502 ELSE 429 END) BETWEEN 0 AND 2 * power(2, n - 1))
FROM generate_series(1, 4) n;
SELECT count(note(22000 + n * 100, 503)) FROM generate_series(1, 60) n;
SELECT refusals, paused_until <= at(28000) + interval '30 s', paused_why, last_status FROM site_budgets WHERE source = 'site';
SELECT note(29000, 200);
SELECT refusals FROM site_budgets WHERE source = 'site';
SELECT note(29001, 404), note(29001, 400), take(29001);

-- 401 or 403 opens the circuit: one probe a minute, whatever is wanted, until a good answer comes. A 404 is none.
SELECT note(30000, 401), take(30001), take(30059.9), take(30060, 50) AS probe, take(30060) AS next, take(30090);
SELECT circuit, circuit_status, circuit_opened_at, next_request_at > now() FROM source_health WHERE source = 'site';
SELECT note(30061, 403), take(30119), note(30121, 404), take(30122) AS probe, take(30123);
SELECT note(30124, 200), take(30124);
SELECT circuit, circuit_status, circuit_opened_at FROM source_health WHERE source = 'site';
-- An operator who has renewed the token need not wait.
SELECT note(30200, 401), note(30200, 429, '{"Retry-After": "500"}'), take(30201);
SELECT close_circuit('site'), close_circuit('nowhere'), take(30201);
SELECT source, circuit, next_request_at IS NULL AS never_asked FROM source_health ORDER BY 1;

-- Tokens: rotated, and nobody's but the worker's.
SELECT * FROM hold_oauth_tokens('main', 'site');
SELECT access_token, refresh_token, generation FROM hold_oauth_tokens('main', 'site', 'first');
SELECT write_oauth_tokens('main', 'site', 'access-1', 'second', 3600), write_oauth_tokens('main', 'site', 'access-2', NULL, 3600);
SELECT access_token, refresh_token, generation, access_expires_at - now() > interval '59 minutes' FROM hold_oauth_tokens('main', 'site', 'first');
SET ROLE jirasync_reader;
SELECT * FROM jirasync.oauth_tokens;
SELECT * FROM jirasync.hold_oauth_tokens('main', 'site');
SELECT source, circuit FROM jirasync.source_health ORDER BY 1;
RESET ROLE;
SET ROLE jirasync_receiver;
SELECT * FROM jirasync.oauth_tokens;
RESET ROLE;

-- A token's end is told fourteen days ahead, and silence when it is longer than the site's habit.
SELECT register_sources(jsonb_build_array(
    jsonb_build_object('source', 'site', 'kind', 'jira', 'api_token_expires', (now() AT TIME ZONE INTERVAL '-07:00')::date + 14),
    jsonb_build_object('source', 'other', 'kind', 'jira', 'api_token_expires', (now() AT TIME ZONE INTERVAL '-07:00')::date + 15)));
SELECT source, token_days_left, is_token_ending FROM source_health ORDER BY 1;
-- The log is told once a day, by one worker.
SELECT source, days_left FROM watch_sources() WHERE finding = 'token';
SELECT source, days_left FROM watch_sources() WHERE finding = 'token';
SELECT source, days_left FROM watch_sources(now() + interval '24 hours') WHERE finding = 'token' ORDER BY 1;
SELECT source, days_left FROM watch_sources(now() + interval '480 hours') WHERE finding = 'token' ORDER BY 1;
DELETE FROM jobs;
INSERT INTO deliveries (tenant, source, delivery_id, event, received_at, outcome, body_sha256, kind)
SELECT 'main', s, s, 'x', now() - interval '2 hours', 'ignored', sha256(s::bytea), 'jira' FROM unnest('{site,other}'::text[]) s;
UPDATE site_settings SET silent_after = '90 minutes' WHERE source = 'site';
SELECT source, is_silent_too_long FROM source_health ORDER BY 1;

-- The jobs' own backoff: no earlier than what the site asked for, and no later than that or the backoff.
INSERT INTO jobs (tenant, kind, source, key, attempts, state, lease_token, leased_by, lease_expires_at)
SELECT 'main', 'fetch_issue', 'site', n::text, n % 6, 'running', n, 'test', now() + interval '1 minute' FROM generate_series(1, 300) n;
BEGIN;
SELECT fail_jobs('main', array_agg(id), array_agg(lease_token), array_agg('429'::text), array_agg(3000::bigint)) FROM jobs;
SELECT attempts, bool_and(run_at - now() >= interval '3 s') AS least, bool_and(run_at - now() <= greatest(3, power(2, attempts - 1)) * interval '1 s' + interval '5 s') AS most,
       count(DISTINCT run_at) > 5 AS is_spread
FROM jobs GROUP BY 1 ORDER BY 1;
ROLLBACK;
