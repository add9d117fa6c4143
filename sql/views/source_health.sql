-- Does each source still talk to us, and do we still hear it?
CREATE OR REPLACE VIEW jirasync.source_health AS
SELECT s.tenant, s.source, s.kind, d.last_delivery_at, now() - d.last_delivery_at AS silent_for,
       r.finished_at AS last_reconcile_at, r.missing_found, s.api_token_expires,
       coalesce(b.circuit, 'closed') AS circuit, b.circuit_opened_at, b.circuit_status,
       CASE WHEN b.source IS NOT NULL
            THEN greatest(now(), b.paused_until, CASE b.circuit WHEN 'open' THEN b.probe_at END) END AS next_request_at,
       b.paused_why, b.last_answer_at, b.last_status,
       CASE s.kind WHEN 'jira' THEN coalesce(d.last_delivery_at, s.registered_at) < now() - o.silent_after END
           AS is_silent_too_long,
       s.api_token_expires - (now() AT TIME ZONE INTERVAL '-07:00')::date AS token_days_left,
       coalesce(s.api_token_expires - (now() AT TIME ZONE INTERVAL '-07:00')::date <= jirasync.setting_number('token_warning_days'),
                false) AS is_token_ending,
       r.changed_found, r.deletes_found, r.moved_found, f.problem AS reconcile_problem, p.outage_from, p.outage_until
FROM jirasync.sources s
LEFT JOIN LATERAL (
    -- Ordered by source too, so that only the index by source can serve it: that by time would be walked for a source
    -- that is silent.
    SELECT l.source, l.received_at AS last_delivery_at FROM jirasync.deliveries l
    WHERE l.tenant = s.tenant AND (l.source, l.received_at) <= (s.source, timestamptz 'infinity')
    ORDER BY l.source DESC, l.received_at DESC LIMIT 1) d ON d.source = s.source
CROSS JOIN LATERAL jirasync.site_options(s.tenant, s.source) o
LEFT JOIN jirasync.site_budgets b ON b.tenant = s.tenant AND b.source = s.source
LEFT JOIN jirasync.site_positions p ON p.tenant = s.tenant AND p.source = s.source
LEFT JOIN LATERAL (
    SELECT * FROM jirasync.reconciliations l
    WHERE l.tenant = s.tenant AND l.source = s.source AND l.state = 'finished'
    ORDER BY l.started_at DESC LIMIT 1) r ON true
LEFT JOIN LATERAL (
    SELECT l.problem FROM jirasync.reconciliations l
    WHERE l.tenant = s.tenant AND l.source = s.source AND l.state <> 'running'
    ORDER BY l.started_at DESC LIMIT 1) f ON true;
COMMENT ON VIEW jirasync.source_health IS 'Each source: when it last sent something, how long it has been silent and whether that is longer than its habit (silent_after); the last reconciliation that came to its end and what it found, and why the last one did not; whether the site refuses us (circuit), when the next request may go, and when its API token lapses (is_token_ending: within token_warning_days)';
