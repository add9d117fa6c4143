-- When is each source gone over next?
CREATE OR REPLACE VIEW jirasync.reconcile_schedule AS
SELECT s.tenant, s.source, s.reconcile_at, s.next_at, s.is_due, s.last_asked_at, s.state, s.asked_by, s.attempts, s.last_error
FROM jirasync.reconcile_schedule_at(now()) s;
COMMENT ON VIEW jirasync.reconcile_schedule IS 'When each Jira site is reconciled next by the clock (reconcile_at, America/Phoenix; NULL when that is off), and each git host asked again for what was given up; when the clock last asked for it, and the job (reconcile or fetch_commits) that waits, runs or was given up';
