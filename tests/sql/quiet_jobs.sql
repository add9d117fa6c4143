-- Which events ask for less than the whole recomputation of their issue, and what makes up for what was left undone.
\set QUIET on
\pset format unaligned
\pset tuples_only on
\set VERBOSITY terse
\o /dev/null
\set ECHO none
\ir ../support/facts.sql
\set ECHO all
\o
CREATE VIEW facts.waiting AS
SELECT key, is_quiet FROM jirasync.jobs WHERE kind = 'correlate_issue' AND state = 'available';
CREATE VIEW facts.shown AS SELECT issue_key, fix_versions FROM jirasync.issues ORDER BY issue_key;

-- The first event of an issue is not quiet; one that repeats it is, but not while the first one's job waits.
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{10}');
SELECT * FROM facts.waiting;
SELECT facts.issue(1, 'APP-1', '2026-03-02 00:00Z', '{10}');
SELECT * FROM facts.waiting;
SELECT facts.settle() > 0;
SELECT facts.issue(1, 'APP-1', '2026-03-03 00:00Z', '{10}');
SELECT * FROM facts.waiting;
SELECT facts.settle() > 0;
SELECT known_at AT TIME ZONE 'UTC' FROM jirasync.versions;

-- Another version, key, parent or an older instant is not; nor is a job that a loud event joins.
SELECT facts.issue(1, 'APP-1', '2026-03-04 00:00Z', '{10}');
SELECT facts.issue(1, 'APP-1', '2026-03-05 00:00Z', '{10,11}');
SELECT * FROM facts.waiting;
SELECT facts.settle() > 0;
SELECT facts.issue(1, 'OPS-1', '2026-03-06 00:00Z', '{10,11}');
SELECT * FROM facts.waiting;
SELECT facts.settle() > 0;
SELECT facts.issue(1, 'OPS-1', '2026-03-07 00:00Z', '{10,11}', parent => 2);
SELECT * FROM facts.waiting;
SELECT facts.settle() > 0;
SELECT facts.issue(1, 'OPS-1', '2026-03-02 12:00Z', '{10,11}', parent => 2);
SELECT * FROM facts.waiting;
SELECT facts.settle() > 0;

-- A quiet event that tells a version's new name: the issue is gone through after all.
SELECT facts.issue(1, 'OPS-1', '2026-03-08 00:00Z', '{10,11}', '{1.10,2.0}', parent => 2);
SELECT * FROM facts.waiting;
SELECT facts.settle() > 0;
SELECT * FROM facts.shown;
SELECT name FROM jirasync.versions ORDER BY version_id;

-- A job that was put back is what it was at most; an issue whose job was set aside is made good by its next event.
SELECT facts.issue(3, 'APP-3', '2026-03-01 00:00Z', '{10}', '{1.10}');
SELECT jirasync.discard_job(id) FROM jirasync.jobs WHERE key = '3';
SELECT facts.issue(3, 'APP-3', '2026-03-02 00:00Z', '{10}', '{1.10}');
SELECT * FROM facts.waiting;
SELECT jirasync.give_back_jobs('main', facts.claim(), '{1}');
SELECT * FROM facts.waiting;
SELECT facts.settle() > 0;
SELECT fix_version, added_at AT TIME ZONE 'UTC' FROM jirasync.issue_fix_versions WHERE issue_id = 3;
SELECT jirasync.correlation_rebuild();
