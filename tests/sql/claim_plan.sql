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
-- While somebody, as autovacuum, might see what was deleted, a claim goes through that, too.
DO $$
BEGIN
    WHILE EXISTS (SELECT FROM pg_stat_activity
                  WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL) LOOP
        PERFORM pg_sleep(0.05);
        PERFORM pg_stat_clear_snapshot();
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
