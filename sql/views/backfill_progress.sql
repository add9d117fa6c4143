-- How far are the first loads of Jira sites, and are they at work?

CREATE OR REPLACE VIEW jirasync.backfill_progress AS
SELECT b.tenant, b.source, b.id, b.jql, b.state, b.started_at, b.noted_at, b.finished_at, b.issues, b.total,
       CASE WHEN b.state = 'finished' THEN 100.0
            WHEN b.total > 0 THEN round(least(100.0 * b.issues / b.total, 100), 1) END AS percent,
       CASE WHEN b.working_time > interval '0' THEN round(b.issues / extract(epoch FROM b.working_time)::numeric, 1) END
           AS issues_per_second,
       b.children, b.requests, b.problem
  FROM jirasync.backfills b;
COMMENT ON VIEW jirasync.backfill_progress IS 'Backfills of Jira sites: how far each is. One that runs and notes nothing any more was broken off: begin it again, it goes on';
COMMENT ON COLUMN jirasync.backfill_progress.percent IS 'Share of the issues, as far as Jira told how many there are';
COMMENT ON COLUMN jirasync.backfill_progress.issues_per_second IS 'While it was at work';
