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
    PRIMARY KEY (tenant, source, delivery_id),
    CONSTRAINT deliveries_outcome_is_known CHECK (outcome IN ('applied', 'stale', 'ignored'))
);
CREATE UNIQUE INDEX deliveries_body_is_new ON jirasync.deliveries (tenant, source, body_sha256)
    WHERE kind = 'jira';
CREATE INDEX deliveries_by_time ON jirasync.deliveries (tenant, received_at);

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
