-- What was received: the ledger, the quarantine, and a bounded sample of what was rejected.

CREATE TABLE jirasync.deliveries (
    tenant       text NOT NULL,
    source       text NOT NULL,
    delivery_id  text NOT NULL,
    event        text NOT NULL,
    issue_id     bigint,
    issue_key    text,
    received_at  timestamptz NOT NULL,
    outcome      text NOT NULL,
    attempt      integer NOT NULL DEFAULT 0,
    altered      integer NOT NULL DEFAULT 0,
    body_sha256  bytea NOT NULL,
    body         bytea COMPRESSION lz4,
    kind         text NOT NULL,
    stored_at    timestamptz NOT NULL DEFAULT now(),
    matched_secret text,
    CONSTRAINT deliveries_outcome_is_known CHECK (outcome IN ('applied', 'stale', 'ignored'))
);
CREATE UNIQUE INDEX deliveries_body_is_new ON jirasync.deliveries (tenant, source, body_sha256)
    WHERE kind = 'jira';
CREATE INDEX deliveries_by_time ON jirasync.deliveries (tenant, received_at);
-- The last delivery of a source, also of one long silent: by time alone that walks the whole ledger.
CREATE INDEX deliveries_by_source ON jirasync.deliveries (tenant, source, received_at);
-- The last of the indexes: until a table is analyzed for the first time they look equally cheap, and then the planner
-- takes the one that was made last. Any other would read all that its source has sent.
ALTER TABLE jirasync.deliveries ADD PRIMARY KEY (tenant, source, delivery_id);

CREATE TABLE jirasync.quarantined_deliveries (
    tenant        text NOT NULL,
    source        text NOT NULL,
    delivery_id   text NOT NULL,
    body_sha256   bytea NOT NULL,
    reason        text NOT NULL,
    detail        text NOT NULL,
    sqlstate      text,
    event         text,
    received_at   timestamptz NOT NULL,
    content_type  text,
    body          bytea COMPRESSION lz4 NOT NULL,
    kind          text NOT NULL,
    PRIMARY KEY (tenant, source, delivery_id, body_sha256)
);

CREATE TABLE jirasync.rejected_requests (
    tenant       text NOT NULL,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    source       text NOT NULL,
    rejected_at  timestamptz NOT NULL,
    reason       text NOT NULL,
    bytes        bigint NOT NULL,
    PRIMARY KEY (tenant, id)
);

-- Hot tables: vacuumed and analyzed by thousands of rows, not by a share of a table that grows for years.
ALTER TABLE jirasync.deliveries SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 100000,
    autovacuum_analyze_scale_factor = 0.02);

COMMENT ON TABLE jirasync.deliveries IS 'The ledger: each signed delivery that was stored, once. Ids, hashes and outcomes stay when a body is pruned; the ledger is the only dedupe state';
COMMENT ON COLUMN jirasync.deliveries.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.deliveries.source IS 'Slug of the sender';
COMMENT ON COLUMN jirasync.deliveries.delivery_id IS 'Identity of the delivery, the same over the sender''s retries; sha256:<hex of the body> where the sender gave none. Called event_id in answers, logs and artifacts';
COMMENT ON COLUMN jirasync.deliveries.event IS 'The event''s own name; workflow_post_function for a body without webhookEvent; import for issues read from a file';
COMMENT ON COLUMN jirasync.deliveries.issue_id IS 'Numeric id of the issue that the event shows; NULL when ignored';
COMMENT ON COLUMN jirasync.deliveries.issue_key IS 'Key of that issue at the time of the event';
COMMENT ON COLUMN jirasync.deliveries.received_at IS 'When the request was received';
COMMENT ON COLUMN jirasync.deliveries.outcome IS 'applied (the issue''s row shows it, or did), stale (a newer one was stored before) or ignored (an event without an entity of its own)';
COMMENT ON COLUMN jirasync.deliveries.attempt IS 'The sender''s count of retries, 0 on the first try';
COMMENT ON COLUMN jirasync.deliveries.altered IS 'How many escapes that PostgreSQL can''t store were replaced with U+FFFD before reading; body keeps them';
COMMENT ON COLUMN jirasync.deliveries.body_sha256 IS 'SHA-256 of the raw body';
COMMENT ON COLUMN jirasync.deliveries.body IS 'The raw bytes as signed; NULL once pruned. Not readable by jirasync_reader';
COMMENT ON COLUMN jirasync.deliveries.kind IS 'Kind of the source at that time; only a Jira source''s bodies are unique';
COMMENT ON COLUMN jirasync.deliveries.stored_at IS 'Start of the transaction that stored it';
COMMENT ON COLUMN jirasync.deliveries.matched_secret IS 'Reference of the secret that the signature matched (env:NAME), never its value; NULL for imports';

COMMENT ON TABLE jirasync.quarantined_deliveries IS 'Signed deliveries that could not be stored, each kept once with its reason. Never pruned by age';
COMMENT ON COLUMN jirasync.quarantined_deliveries.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.quarantined_deliveries.source IS 'Slug of the sender';
COMMENT ON COLUMN jirasync.quarantined_deliveries.delivery_id IS 'Identity of the delivery; may be known to the ledger with another body';
COMMENT ON COLUMN jirasync.quarantined_deliveries.body_sha256 IS 'SHA-256 of the raw body';
COMMENT ON COLUMN jirasync.quarantined_deliveries.reason IS 'Stable error code, as answered to the sender (invalid_json, no_identity, id_conflict, ...)';
COMMENT ON COLUMN jirasync.quarantined_deliveries.detail IS 'What was wrong, in a sentence';
COMMENT ON COLUMN jirasync.quarantined_deliveries.sqlstate IS 'What PostgreSQL said, where it was the judge';
COMMENT ON COLUMN jirasync.quarantined_deliveries.event IS 'The event''s name, where it could be read';
COMMENT ON COLUMN jirasync.quarantined_deliveries.received_at IS 'When it was first received';
COMMENT ON COLUMN jirasync.quarantined_deliveries.content_type IS 'Content-Type header of the request';
COMMENT ON COLUMN jirasync.quarantined_deliveries.body IS 'The raw bytes as signed. Not readable by jirasync_reader';
COMMENT ON COLUMN jirasync.quarantined_deliveries.kind IS 'Kind of the source';

COMMENT ON TABLE jirasync.rejected_requests IS 'A bounded sample of requests that were turned away; never a body. Setting rejection_rows says how many rows are kept';
COMMENT ON COLUMN jirasync.rejected_requests.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.rejected_requests.id IS 'Number of the row, increasing';
COMMENT ON COLUMN jirasync.rejected_requests.source IS 'Slug of the source that the path named';
COMMENT ON COLUMN jirasync.rejected_requests.rejected_at IS 'When it was turned away';
COMMENT ON COLUMN jirasync.rejected_requests.reason IS 'Stable error code, as answered';
COMMENT ON COLUMN jirasync.rejected_requests.bytes IS 'Length of the body, as announced';
