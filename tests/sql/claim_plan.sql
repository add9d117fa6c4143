-- A claim goes to the jobs it takes, also when it was planned while the queue was all but empty, and known to be so.
\set QUIET on
VACUUM ANALYZE jirasync.jobs;
SELECT jirasync.enqueue_jobs('main', ARRAY['noop'], ARRAY[''], ARRAY['first']);
CREATE TEMP TABLE claimed AS SELECT * FROM jirasync.claim_jobs('main', ARRAY['noop'], 500, 'test', 20000);
SELECT jirasync.complete_jobs('main', array_agg(id), array_agg(token)) FROM claimed;
SELECT jirasync.enqueue_jobs('main', array_agg('noop'::text), array_agg(''::text), array_agg(n::text))
FROM generate_series(1, 20000) n;
SELECT pg_stat_force_next_flush() IS NOT NULL;
SELECT sum(idx_tup_read) AS before FROM pg_stat_user_indexes WHERE schemaname = 'jirasync' AND relname = 'jobs' \gset
TRUNCATE claimed;
INSERT INTO claimed SELECT * FROM jirasync.claim_jobs('main', ARRAY['noop'], 500, 'test', 20000);
SELECT count(*) FROM claimed;
SELECT pg_stat_force_next_flush() IS NOT NULL;
SELECT sum(idx_tup_read) - :before < 5000 AS "fewer than 5000 of 20000 jobs were read"
FROM pg_stat_user_indexes WHERE schemaname = 'jirasync' AND relname = 'jobs';
-- Nor where it was planned over the pages that a long queue has left behind.
DELETE FROM jirasync.jobs;
ANALYZE jirasync.jobs;
\c -
-- While somebody might see what was deleted, a claim goes through that, too: a snapshot here, as autovacuum's, or one
-- taken beside a transaction that was running anywhere in the cluster.
DO $$
DECLARE
    deleted_before CONSTANT xid8 := pg_current_xact_id();
BEGIN
    WHILE pg_snapshot_xmin(pg_current_snapshot()) < deleted_before OR EXISTS (
        SELECT FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL)
            AND greatest(age(backend_xid), age(backend_xmin)) > age(deleted_before::xid)) LOOP
        COMMIT;
        PERFORM pg_sleep(0.05);
    END LOOP;
END $$;
SELECT jirasync.enqueue_jobs('main', ARRAY['noop'], ARRAY[''], ARRAY['first']);
CREATE TEMP TABLE claimed AS SELECT * FROM jirasync.claim_jobs('main', ARRAY['noop'], 500, 'test', 20000);
SELECT jirasync.complete_jobs('main', array_agg(id), array_agg(token)) FROM claimed;
SELECT jirasync.enqueue_jobs('main', array_agg('noop'::text), array_agg(''::text), array_agg(n::text))
FROM generate_series(1, 20000) n;
SELECT pg_stat_force_next_flush() IS NOT NULL;
SELECT sum(idx_tup_read) AS before FROM pg_stat_user_indexes WHERE schemaname = 'jirasync' AND relname = 'jobs' \gset
TRUNCATE claimed;
INSERT INTO claimed SELECT * FROM jirasync.claim_jobs('main', ARRAY['noop'], 500, 'test', 20000);
SELECT pg_stat_force_next_flush() IS NOT NULL;
SELECT sum(idx_tup_read) - :before < 5000 AS "fewer than 5000 of 20000 jobs were read"
FROM pg_stat_user_indexes WHERE schemaname = 'jirasync' AND relname = 'jobs';
