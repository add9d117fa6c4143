-- How far are the first loads of Jira sites, and are they at work?

CREATE OR REPLACE VIEW jirasync.backfill_progress AS
SELECT b.tenant, b.source, b.id, b.jql, b.state, b.started_at, b.noted_at, b.finished_at, b.issues, b.total,
       CASE WHEN b.state = 'finished' THEN 100.0
            WHEN b.total > 0 THEN round(least(100.0 * b.issues / b.total, 100), 1) END AS percent,
       CASE WHEN b.working_time > interval '0' THEN round(b.issues / extract(epoch FROM b.working_time)::numeric, 1) END
           AS issues_per_second,
       b.children, b.requests, b.problem,
       -- Whoever loads a site holds the lock of begin_backfill.
       b.state = 'running' AND EXISTS (
           SELECT FROM pg_locks l
            WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted
              AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
              AND l.classid::bigint = hashtext('jirasync backfill') & 4294967295
              AND l.objid::bigint = hashtext(b.tenant || '/' || b.source) & 4294967295) AS is_at_work
  FROM jirasync.backfills b;
COMMENT ON VIEW jirasync.backfill_progress IS 'Backfills of Jira sites: how far each is. One that is running and not at work was broken off: begin it again, it goes on';
COMMENT ON COLUMN jirasync.backfill_progress.is_at_work IS 'Somebody loads the site now';
COMMENT ON COLUMN jirasync.backfill_progress.percent IS 'Share of the issues, as far as Jira told how many there are';
COMMENT ON COLUMN jirasync.backfill_progress.issues_per_second IS 'While it was at work';
