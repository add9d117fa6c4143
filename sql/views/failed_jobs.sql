-- Which jobs were given up?
CREATE OR REPLACE VIEW jirasync.failed_jobs AS
SELECT j.tenant, j.id, j.kind, j.source, j.key, j.attempts, j.last_error, j.first_at, j.run_at AS discarded_at
FROM jirasync.jobs j
WHERE j.state = 'discarded';
COMMENT ON VIEW jirasync.failed_jobs IS 'Jobs that were discarded, after max_attempts or by hand; retry_job(id) gives one another try';
