-- First loads of sites: how far each is, so that one that was broken off goes on.

CREATE TABLE jirasync.backfills (
    tenant       text NOT NULL,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    source       text NOT NULL,
    jql          text NOT NULL DEFAULT '',
    state        text NOT NULL DEFAULT 'running',
    started_at   timestamptz NOT NULL,
    noted_at     timestamptz NOT NULL,
    finished_at  timestamptz,
    total        bigint,
    project_id   bigint NOT NULL DEFAULT 0,
    cursor       text NOT NULL DEFAULT '',
    issues       bigint NOT NULL DEFAULT 0,
    children     bigint NOT NULL DEFAULT 0,
    requests     bigint NOT NULL DEFAULT 0,
    working_time interval NOT NULL DEFAULT '0',
    problem      text,
    PRIMARY KEY (tenant, id),
    CONSTRAINT backfills_state_is_known CHECK (state IN ('running', 'stopped', 'finished', 'abandoned')),
    CONSTRAINT backfills_finished_at CHECK ((state = 'finished') = (finished_at IS NOT NULL))
) WITH (fillfactor = 50);
CREATE INDEX backfills_by_source ON jirasync.backfills (tenant, source, id);
COMMENT ON TABLE jirasync.backfills IS 'First loads of Jira sites, and how far each is: a page is stored first, then noted here, so that one that was broken off stores its last page twice and misses none';
COMMENT ON COLUMN jirasync.backfills.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.backfills.id IS 'Number of the backfill';
COMMENT ON COLUMN jirasync.backfills.source IS 'Slug of the Jira site';
COMMENT ON COLUMN jirasync.backfills.jql IS 'Condition that its issues meet; empty: all there are';
COMMENT ON COLUMN jirasync.backfills.state IS 'running (or broken off: nobody holds its lock), stopped (problem says why; the next one goes on from here), finished, or abandoned for one that began anew';
COMMENT ON COLUMN jirasync.backfills.started_at IS 'When it first began: once it is finished, the site''s watermark';
COMMENT ON COLUMN jirasync.backfills.noted_at IS 'When the last page was noted';
COMMENT ON COLUMN jirasync.backfills.finished_at IS 'When it was finished';
COMMENT ON COLUMN jirasync.backfills.total IS 'About how many issues there are; NULL: Jira has not told';
COMMENT ON COLUMN jirasync.backfills.project_id IS 'Project under way: those with lower ids are done; 0: none is, or a condition takes the place of projects';
COMMENT ON COLUMN jirasync.backfills.cursor IS 'Where its next page begins, in the site''s words; empty: at the beginning';
COMMENT ON COLUMN jirasync.backfills.issues IS 'Issues stored so far';
COMMENT ON COLUMN jirasync.backfills.children IS 'Comments, worklogs, links and attachments stored so far';
COMMENT ON COLUMN jirasync.backfills.requests IS 'Requests so far';
COMMENT ON COLUMN jirasync.backfills.working_time IS 'Time that it was at work, without the pauses between its parts';
COMMENT ON COLUMN jirasync.backfills.problem IS 'Why it stopped';

COMMENT ON COLUMN jirasync.deliveries.body IS 'The raw bytes as signed; NULL once pruned, and for jirasync:issue_fetched, whose bytes are not kept: issues.fields has them, and Jira tells them again. Not readable by jirasync_reader';
