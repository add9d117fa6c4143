-- When is the next prune?
CREATE OR REPLACE VIEW jirasync.prune_schedule AS
SELECT n.tenant, p.next_due AS next_at, s.value::timestamptz AS last_enqueued_at, j.state, j.attempts, j.last_error
FROM (SELECT n FROM jirasync.prune_tenants() n) n (tenant)
CROSS JOIN jirasync.prune_times() p
JOIN jirasync.settings s ON s.name = 'prune_scheduled_at'
LEFT JOIN LATERAL (
    SELECT k.state, k.attempts, k.last_error
    FROM jirasync.jobs k
    WHERE k.tenant = n.tenant AND k.kind = 'prune'
    ORDER BY k.state = 'running' DESC, k.state = 'discarded', k.id
    LIMIT 1) j ON true;
COMMENT ON VIEW jirasync.prune_schedule IS 'When each tenant is pruned next (setting prune_at; NULL when that is off), when the clock last had it done, and the job that waits, runs or was given up';
