-- The first issues and commits of a new mirror: plans made while all tables were empty stay good while they fill.
\set QUIET on
\pset format unaligned
\pset tuples_only on
\set VERBOSITY terse
\o /dev/null
\set ECHO none
\ir ../support/facts.sql
\set ECHO all
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{10}');
SELECT facts.commit('first', '{APP-1}', '2026-03-01 00:00Z');
SELECT jirasync.open_run('main', 'first', 'w', 'g', '{}', 60000), facts.settle(p_run => 'first');
SELECT jirasync.close_run('main', 'first');
CREATE VIEW facts.read AS
SELECT relname, sum(idx_tup_read)::bigint AS rows FROM pg_stat_user_indexes WHERE schemaname = 'jirasync' GROUP BY relname;
-- What comes in: 1,000 issues and a commit for each, correlated in ten batches.
SELECT facts.store(array_agg(facts.event(n, 'APP-' || n, '2026-03-02 00:00Z', '{10}'))) FROM generate_series(2, 1001) n;
SELECT facts.commit('c' || n, ARRAY['APP-' || n], '2026-03-01 00:00Z') FROM generate_series(2, 1001) n;
CREATE TEMP TABLE before AS SELECT * FROM facts.read LIMIT 0;
SELECT pg_stat_force_next_flush();
INSERT INTO before SELECT * FROM facts.read;
SELECT jirasync.open_run('main', 'second', 'w', 'g', '{}', 60000);
SELECT 'SELECT facts.settle(200, ''second'')' FROM generate_series(1, 10) \gexec
\o
-- No table was gone through for each issue: ten readings of a row for each of them are not one for each pair.
SELECT pg_stat_force_next_flush() IS NOT NULL;
SELECT relname, r.rows - b.rows FROM facts.read r JOIN before b USING (relname) WHERE r.rows - b.rows > 50000 ORDER BY 1;
TRUNCATE before;
INSERT INTO before SELECT * FROM facts.read;
SELECT jirasync.close_run('main', 'second')::json #>> '{correlation,summary,stories_with_commits}';
SELECT pg_stat_force_next_flush() IS NOT NULL;
SELECT relname, r.rows - b.rows FROM facts.read r JOIN before b USING (relname) WHERE r.rows - b.rows > 50000 ORDER BY 1;
