-- The life of a job, told verb by verb. Times are set by hand, so that nothing depends on the clock.
\set ON_ERROR_STOP off
\set VERBOSITY sqlstate
\pset null '-'
SET search_path = jirasync, public;
SET client_min_messages = warning;
UPDATE settings SET value = '0' WHERE name = 'debounce_ms';
CREATE VIEW job AS SELECT state, key, attempts, leased_by, last_error FROM jobs ORDER BY key, state;

-- Three jobs are enqueued in one call; a repeated key is one job.
SELECT enqueue_jobs('main', '{noop,noop,noop,noop}', '{a,a,a,a}', '{1,2,1,3}') AS new_jobs;
SELECT * FROM job;

-- An event for a job that waits collapses into it.
SELECT enqueue_jobs('main', '{noop}', '{a}', '{2}') AS new_jobs;

-- Debounce: the job moves to now + debounce_ms, at most to its first enqueueing + debounce_cap_ms.
UPDATE settings SET value = '60000' WHERE name = 'debounce_ms';
UPDATE settings SET value = '100000' WHERE name = 'debounce_cap_ms';
BEGIN;
UPDATE jobs SET run_at = now(), first_at = now() - interval '10 s' WHERE key = '1';
UPDATE jobs SET run_at = now(), first_at = now() - interval '90 s' WHERE key = '2';
SELECT enqueue_jobs('main', '{noop,noop}', '{a,a}', '{1,2}') AS new_jobs;
SELECT key, run_at - now() AS runs_in, run_at - first_at AS after_first FROM jobs WHERE key IN ('1', '2') ORDER BY key;
ROLLBACK;
UPDATE settings SET value = '0' WHERE name = 'debounce_ms';

-- A paused kind is not claimed, a kind that nobody asks for neither.
SELECT pause_jobs('noop'), pause_jobs('noop') AS once_more;
SELECT count(*) AS claimed FROM claim_jobs('main', '{noop}', 10, 'early', 60000);
SELECT count(*) AS tenants FROM tenants_with_work('{noop}');
SELECT resume_jobs('noop'), resume_jobs('noop') AS once_more;
SELECT count(*) AS claimed FROM claim_jobs('main', '{correlate_issue}', 10, 'early', 60000);
SELECT tenants_with_work('{noop}');
SELECT count(*) AS claimed FROM claim_jobs('other', '{noop}', 10, 'early', 60000);

-- A claim takes due jobs under a lease, each with a fencing token; the job that was moved comes last.
CREATE TEMP TABLE claimed AS SELECT * FROM claim_jobs('main', '{correlate_issue,noop}', 2, 'ada', 60000);
SELECT kind, source, key, attempts FROM claimed ORDER BY key;
SELECT * FROM job;
SELECT key FROM claim_jobs('main', '{noop}', 10, 'bob', 60000);

-- An event that arrives while its job runs makes one more run.
SELECT enqueue_jobs('main', '{noop,noop}', '{a,a}', '{1,1}') AS new_jobs;
SELECT * FROM job;

-- Completing is by id and token; a job that is held no longer undoes the whole.
SELECT complete_jobs('main', array_agg(id), array_agg(token + 100)) FROM claimed;
SELECT complete_jobs('main', array_agg(id), array_agg(CASE key WHEN '3' THEN token ELSE 0 END)) FROM claimed;
SELECT complete_jobs('main', array_agg(id), array_agg(token)) FROM claimed WHERE key = '3';
SELECT * FROM job;

-- A failure counts an attempt. The successor that waits already takes it over, and is due no later than it was.
SELECT fail_jobs('main', array_agg(id), array_agg(token), '{"22012: division by zero"}') FROM claimed WHERE key = '1';
SELECT * FROM job;
SELECT run_at <= now() AS still_due FROM jobs WHERE key = '1';

-- It keeps the greatest attempts.
UPDATE jobs SET attempts = 7 WHERE key = '1';
UPDATE jobs SET key = '1' WHERE key = '2';
SELECT fail_jobs('main', array_agg(id), array_agg(lease_token), '{boo}') FROM jobs WHERE state = 'running';
SELECT * FROM job;

-- Alone, it waits for its backoff: full jitter, at most backoff_base_ms * 2^attempts and backoff_cap_ms.
UPDATE jobs SET key = '3', state = 'running', leased_by = 'ada', lease_token = 1, lease_expires_at = now(), attempts = 3;
SELECT clock_timestamp() AS started \gset
SELECT fail_jobs('main', array_agg(id), '{1}', '{boo}') FROM jobs;
SELECT * FROM job;
SELECT run_at >= :'started' AND run_at <= clock_timestamp() + interval '8 s' AS within_backoff FROM jobs;

-- Retry-After wins over the backoff, and a new event does not shorten it.
UPDATE jobs SET state = 'running', leased_by = 'ada', lease_token = 2, lease_expires_at = now() + interval '1 min';
SELECT fail_jobs('main', array_agg(id), '{2}', '{"429 too many"}', '{3600000}') FROM jobs WHERE key = '3';
SELECT enqueue_jobs('main', '{noop}', '{a}', '{3}') AS new_jobs;
SELECT key, attempts, run_at > now() + interval '59 min' AS waits_an_hour FROM jobs;

-- Giving back counts no attempt.
UPDATE jobs SET state = 'running', leased_by = 'ada', lease_token = 3, lease_expires_at = now() + interval '1 min';
SELECT clock_timestamp() AS started \gset
SELECT give_back_jobs('main', array_agg(id), '{3}', 4000) FROM jobs WHERE key = '3';
SELECT state, attempts, run_at BETWEEN :'started'::timestamptz + interval '4 s' AND clock_timestamp() + interval '4 s'
       AS in_four_seconds FROM jobs;
SELECT give_back_jobs('main', array_agg(id), '{3}') AS late FROM jobs;

-- One whose source the worker can't ask is put off: that counts no attempt, and it is due once a worker looks that can ask its source,
-- and no other one, though not before a Retry-After.
INSERT INTO sources (source, kind) VALUES ('a', 'jira'), ('b', 'jira');
UPDATE jobs SET state = 'running', leased_by = 'ada', lease_token = 4, lease_expires_at = now() + interval '1 min' WHERE key = '3';
SELECT put_off_jobs('main', array_agg(id), '{4}', 3600000, 'source a can''t be asked') FROM jobs WHERE key = '3';
SELECT state, attempts, last_error, is_put_off, run_at > now() + interval '59 min' AS waits_an_hour FROM jobs WHERE key = '3';
SELECT resume_put_off_jobs('noop', '{b}') AS of_another, resume_put_off_jobs('prune', '{a}') AS of_another_kind;
UPDATE jobs SET not_before = now() + interval '30 min' WHERE key = '3';
SELECT resume_put_off_jobs('noop', '{b,a}'), resume_put_off_jobs('noop', '{b,a}') AS again;
SELECT attempts, is_put_off, run_at = not_before AS waits_for_retry_after FROM jobs WHERE key = '3';
UPDATE jobs SET is_put_off = true, not_before = NULL WHERE key = '3';
SELECT resume_put_off_jobs('noop', '{a}');
SELECT is_put_off, run_at <= clock_timestamp() AS is_due FROM jobs WHERE key = '3';

-- A lease that ran out is a lost one: rescued, an attempt counted. A lease that holds is left alone.
UPDATE jobs SET state = 'running', leased_by = 'ada', lease_token = 4, lease_expires_at = now() + interval '1 min';
SELECT rescue_jobs();
UPDATE jobs SET lease_expires_at = now() - interval '1 s';
SELECT extend_leases('main', array_agg(id), '{3}', 60000) FROM jobs;
SELECT rescue_jobs();
SELECT * FROM job;

-- The heartbeat of whoever holds it keeps it.
UPDATE jobs SET state = 'running', leased_by = 'ada', lease_token = 5, lease_expires_at = now() - interval '1 s';
SELECT count(*) AS held FROM (SELECT extend_leases('main', array_agg(id), '{5}', 60000) FROM jobs) e;
SELECT rescue_jobs();

-- After max_attempts a job is discarded; a second one of the same key takes its place there.
UPDATE jobs SET attempts = 19;
SELECT fail_jobs('main', array_agg(id), '{5}', '{"boo again"}') FROM jobs;
SELECT kind, source, key, attempts, last_error FROM failed_jobs;
SELECT enqueue_jobs('main', '{noop}', '{a}', '{3}') AS new_jobs;
UPDATE jobs SET state = 'running', leased_by = 'ada', lease_token = 6, lease_expires_at = now(), attempts = 19
 WHERE state = 'available';
SELECT fail_jobs('main', array_agg(id), '{6}', '{"boo at last"}') FROM jobs WHERE state = 'running';
SELECT kind, source, key, attempts, last_error FROM failed_jobs;

-- retry_job gives one more try; a successor that waits takes it over.
SELECT retry_job(id) FROM failed_jobs;
SELECT state, attempts, max_attempts, run_at <= clock_timestamp() AS is_due FROM jobs;
SELECT retry_job(-1) AS unknown;
UPDATE jobs SET state = 'running', leased_by = 'ada', lease_token = 7, lease_expires_at = now();
SELECT retry_job(id) AS running FROM jobs;

-- discard_job takes a job even from whoever runs it, who then can't complete it.
SELECT discard_job(id) FROM jobs;
SELECT complete_jobs('main', array_agg(id), '{7}') FROM jobs;
SELECT * FROM job;
SELECT discard_job(id) AS discarded_before FROM jobs;

-- Two running jobs of one key are rescued as one.
DELETE FROM jobs;
INSERT INTO jobs (tenant, kind, source, key, state, lease_token, leased_by, lease_expires_at, attempts)
VALUES ('main', 'noop', 'a', '4', 'running', 8, 'ada', now() - interval '1 s', 2),
       ('main', 'noop', 'a', '4', 'running', 9, 'bob', now() - interval '1 s', 0);
SELECT rescue_jobs();
SELECT * FROM job;

-- What is less goes first, of the same priority what is due longer.
DELETE FROM jobs;
INSERT INTO jobs (tenant, kind, source, key, priority, run_at)
VALUES ('main', 'noop', 'a', 'late', 0, now() - interval '1 s'), ('main', 'noop', 'a', 'early', 0, now() - interval '2 s'),
       ('main', 'noop', 'a', 'urgent', -1, now()), ('main', 'noop', 'a', 'future', -1, now() + interval '1 h');
SELECT key FROM claim_jobs('main', '{noop}', 1, 'ada', 1000);
SELECT key FROM claim_jobs('main', '{noop}', 1, 'ada', 1000);
SELECT key FROM claim_jobs('main', '{noop}', 9, 'ada', 1000);

-- Each tenant has its own jobs.
SELECT enqueue_job('noop', 'x', 'a', 'other') IS NOT NULL AS enqueued;
SELECT tenants_with_work('{noop}');
SELECT tenant, kind, waiting, due, running, retryable, discarded, paused FROM job_queue ORDER BY tenant;

-- What became of them all.
SELECT tenant, kind, sum(completed) AS completed, sum(retried) AS retried, sum(discarded) AS discarded
  FROM job_counts GROUP BY tenant, kind;
