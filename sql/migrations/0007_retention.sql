-- Retention: how long what is kept stays, and by what the prune job finds what is old.

INSERT INTO jirasync.settings (name, value, description) VALUES
    ('prune_bodies_days', '30', 'Days that the body of a stored delivery is kept'),
    ('prune_ledger_days', '400', 'Days that a delivery''s row of the ledger is kept (its id and hash tell duplicates), and a run''s row'),
    ('prune_runs_days', '90', 'Days that a run''s document, its items and its artifact file are kept'),
    ('prune_tombstones_days', '30', 'Days that the content of what Jira deleted is kept; identity, key and moment of deletion stay'),
    ('prune_trash_days', '60', 'Days more for what went with its project: so long Jira can bring the project back out of its trash'),
    ('prune_batch_rows', '500', 'Rows that one transaction of the prune job writes at most'),
    ('prune_at', '02:30', 'Time of day, America/Phoenix, at which the prune job is enqueued; off: only by hand'),
    ('prune_scheduled_at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
     'When the clock last enqueued the prune job; written by the worker, see prune_schedule');

-- How far bodies are pruned, instead of an index of those that have one: that would cost each delivery a record.
CREATE TABLE jirasync.prune_positions (
    tenant        text PRIMARY KEY,
    bodies_until  timestamptz NOT NULL,
    bodies_from   timestamptz
);
-- What was received long before it was stored lies behind that position: it came out of quarantine.
CREATE INDEX deliveries_late ON jirasync.deliveries (tenant, received_at)
    WHERE body IS NOT NULL AND stored_at - received_at > interval '1 day';
CREATE INDEX deliveries_ignored ON jirasync.deliveries (tenant, source, event, received_at) WHERE outcome = 'ignored';
CREATE INDEX runs_with_document ON jirasync.runs (tenant, finished_at) WHERE document IS NOT NULL;
-- Nothing about an issue's content: a column that each event changes, even in an index's condition, would cost every
-- update of an issue its place on the page.
CREATE INDEX issues_buried ON jirasync.issues (tenant, deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX comments_buried ON jirasync.comments (tenant, deleted_at)
    WHERE deleted_at IS NOT NULL AND (author IS NOT NULL OR body IS NOT NULL);
CREATE INDEX worklogs_buried ON jirasync.worklogs (tenant, deleted_at)
    WHERE deleted_at IS NOT NULL AND (author IS NOT NULL OR seconds_spent IS NOT NULL OR started_at IS NOT NULL);
CREATE INDEX issue_links_buried ON jirasync.issue_links (tenant, deleted_at)
    WHERE deleted_at IS NOT NULL AND link_type IS NOT NULL;
CREATE INDEX entities_buried ON jirasync.entities (tenant, deleted_at) WHERE deleted_at IS NOT NULL AND body IS NOT NULL;

ALTER TABLE jirasync.issues ADD COLUMN forgotten_at timestamptz;
CREATE INDEX issues_forgotten ON jirasync.issues (tenant, source, issue_id) WHERE forgotten_at IS NOT NULL;

COMMENT ON TABLE jirasync.prune_positions IS 'How far the ledger of each tenant is pruned';
COMMENT ON COLUMN jirasync.prune_positions.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.prune_positions.bodies_until IS 'No delivery received before this has its body, but those that were stored a day late or more, and from bodies_from on those that somebody held';
COMMENT ON COLUMN jirasync.prune_positions.bodies_from IS 'Where the next prune is to begin, because somebody held a row there; NULL: at bodies_until';
COMMENT ON COLUMN jirasync.issues.forgotten_at IS 'When forget_issue removed its content. Its rank is infinity since: no event brings any back';
COMMENT ON COLUMN jirasync.runs.artifact IS 'Path of the artifact, below the artifacts folder; NULL until it is written. It stays when the file is pruned';
COMMENT ON TABLE jirasync.quarantined_deliveries IS 'Signed deliveries that could not be stored, each kept once with its reason. Never pruned by age; forget_issue removes those that tell of its issue';
