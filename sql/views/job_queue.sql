-- What waits, what runs, what was done? Jobs by kind.
CREATE OR REPLACE VIEW jirasync.job_queue AS
SELECT coalesce(q.tenant, d.tenant) AS tenant, coalesce(q.kind, d.kind) AS kind,
       coalesce(q.waiting, 0) AS waiting, coalesce(q.due, 0) AS due, coalesce(q.running, 0) AS running,
       coalesce(q.retryable, 0) AS retryable, coalesce(q.discarded, 0) AS discarded,
       coalesce(d.completed, 0) AS completed, coalesce(d.retried, 0) AS retried,
       EXISTS (SELECT FROM jirasync.paused_kinds p
               WHERE p.tenant = coalesce(q.tenant, d.tenant) AND p.kind = coalesce(q.kind, d.kind)) AS paused,
       q.oldest_at, q.next_at, q.last_error
FROM (
    SELECT j.tenant, j.kind,
           count(*) FILTER (WHERE j.state IN ('available', 'retryable')) AS waiting,
           count(*) FILTER (WHERE j.state IN ('available', 'retryable') AND j.run_at <= now()) AS due,
           count(*) FILTER (WHERE j.state = 'running') AS running,
           count(*) FILTER (WHERE j.state = 'retryable') AS retryable,
           count(*) FILTER (WHERE j.state = 'discarded') AS discarded,
           min(j.first_at) FILTER (WHERE j.state <> 'discarded') AS oldest_at,
           min(j.run_at) FILTER (WHERE j.state IN ('available', 'retryable')) AS next_at,
           (array_agg(j.last_error ORDER BY j.attempts DESC, j.id DESC)
                FILTER (WHERE j.last_error IS NOT NULL AND j.state <> 'discarded'))[1] AS last_error
    FROM jirasync.jobs j
    GROUP BY j.tenant, j.kind) q
FULL JOIN (
    SELECT c.tenant, c.kind, sum(c.completed)::bigint AS completed, sum(c.retried)::bigint AS retried
    FROM jirasync.job_counts c
    GROUP BY c.tenant, c.kind) d ON d.tenant = q.tenant AND d.kind = q.kind;
COMMENT ON VIEW jirasync.job_queue IS 'Jobs by tenant and kind: waiting (of these due, and retryable after a failure), running and discarded now; completed and retried are counts since the beginning. oldest_at is when the oldest unfinished job was first enqueued, next_at when the next is due';
