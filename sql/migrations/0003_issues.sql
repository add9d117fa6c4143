-- The mirror of Jira. Facts are written by store_deliveries; what is marked "derived" is computed by correlate().

CREATE TABLE jirasync.projects (
    tenant       text NOT NULL,
    source       text NOT NULL,
    project_id   bigint NOT NULL,
    project_key  text NOT NULL,
    name         text,
    known_at     timestamptz NOT NULL,
    deleted_at   timestamptz,
    known_by     text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant, source, project_id)
);
COMMENT ON COLUMN jirasync.projects.known_by IS 'Delivery that told the newest name: the tie-break of known_at';

CREATE TABLE jirasync.issues (
    tenant           text NOT NULL,
    source           text NOT NULL,
    issue_id         bigint NOT NULL,
    issue_key        text,
    project_key      text,
    summary          text,
    issue_type       text,
    hierarchy_level  smallint,
    parent_id        bigint,
    parent_key       text,
    status           text,
    status_category  text,
    resolution       text,
    resolved_at      timestamptz,
    priority         text,
    assignee         text,
    fix_versions     text[],
    labels           text[],
    components       text[],
    created_at       timestamptz,
    updated_at       timestamptz,
    deleted_at       timestamptz,
    is_stub          boolean NOT NULL,
    fields           jsonb COMPRESSION lz4,
    project_id       bigint,
    version_ids      bigint[],
    event            text NOT NULL,
    delivery_id      text NOT NULL,
    rank_updated     timestamptz NOT NULL,
    rank_timestamp   timestamptz NOT NULL,
    rank_sha256      bytea NOT NULL,
    assignee_name    text,
    PRIMARY KEY (tenant, source, issue_id)
) WITH (fillfactor = 80);
CREATE INDEX issues_by_key ON jirasync.issues (tenant, issue_key);
CREATE INDEX issues_by_parent ON jirasync.issues (tenant, source, parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX issues_by_version ON jirasync.issues USING gin (version_ids);
CREATE INDEX issues_by_project ON jirasync.issues (tenant, source, project_id) WHERE project_id IS NOT NULL;

CREATE TABLE jirasync.issue_keys (
    tenant     text NOT NULL,
    source     text NOT NULL,
    issue_key  text NOT NULL,
    issue_id   bigint NOT NULL,
    since      timestamptz NOT NULL,
    PRIMARY KEY (tenant, source, issue_key, issue_id)
);
CREATE INDEX issue_keys_by_key ON jirasync.issue_keys (tenant, issue_key);
CREATE INDEX issue_keys_by_issue ON jirasync.issue_keys (tenant, source, issue_id);
CREATE INDEX issue_keys_by_project ON jirasync.issue_keys (tenant, rtrim(issue_key, '0123456789'));

CREATE TABLE jirasync.issue_snapshots (
    tenant         text NOT NULL,
    source         text NOT NULL,
    issue_id       bigint NOT NULL,
    at             timestamptz NOT NULL,
    delivery_id    text NOT NULL,
    version_ids    bigint[],
    version_names  text[],
    added_ids      bigint[] NOT NULL DEFAULT '{}',
    removed_ids    bigint[] NOT NULL DEFAULT '{}',
    project_id     bigint,
    project_key    text,
    project_name   text,
    parent_id      bigint,
    parent_key     text,
    created_at     timestamptz,
    PRIMARY KEY (tenant, source, issue_id, at, delivery_id)
);

CREATE TABLE jirasync.versions (
    tenant        text NOT NULL,
    source        text NOT NULL,
    version_id    bigint NOT NULL,
    project_key   text,
    name          text NOT NULL,
    released      boolean,
    archived      boolean,
    start_date    date,
    release_date  date,
    freeze_at     timestamptz,
    merged_into   bigint,
    deleted_at    timestamptz,
    known_at      timestamptz NOT NULL,
    known_by      text NOT NULL DEFAULT '',
    project_id    bigint,
    PRIMARY KEY (tenant, source, version_id)
);
CREATE INDEX versions_by_project ON jirasync.versions (tenant, source, project_id);
COMMENT ON COLUMN jirasync.versions.known_by IS 'Delivery that told the newest name: the tie-break of known_at';
COMMENT ON COLUMN jirasync.versions.project_id IS 'Project of the issue that told the newest name';

CREATE TABLE jirasync.issue_fix_versions (
    tenant       text NOT NULL,
    source       text NOT NULL,
    issue_id     bigint NOT NULL,
    version_id   bigint NOT NULL,
    fix_version  text NOT NULL,
    added_at     timestamptz NOT NULL,
    removed_at   timestamptz,
    PRIMARY KEY (tenant, source, issue_id, version_id, added_at),
    CONSTRAINT issue_fix_versions_removed_after_added CHECK (removed_at >= added_at)
);
CREATE INDEX issue_fix_versions_by_version ON jirasync.issue_fix_versions (tenant, source, version_id);

CREATE TABLE jirasync.comments (
    tenant      text NOT NULL,
    source      text NOT NULL,
    comment_id  bigint NOT NULL,
    issue_id    bigint,
    author      text,
    body        text,
    created_at  timestamptz,
    updated_at  timestamptz,
    deleted_at  timestamptz,
    PRIMARY KEY (tenant, source, comment_id)
);

CREATE TABLE jirasync.worklogs (
    tenant         text NOT NULL,
    source         text NOT NULL,
    worklog_id     bigint NOT NULL,
    issue_id       bigint,
    author         text,
    seconds_spent  bigint,
    started_at     timestamptz,
    created_at     timestamptz,
    updated_at     timestamptz,
    deleted_at     timestamptz,
    PRIMARY KEY (tenant, source, worklog_id)
);

CREATE TABLE jirasync.issue_links (
    tenant          text NOT NULL,
    source          text NOT NULL,
    link_id         bigint NOT NULL,
    link_type       text,
    from_issue_id   bigint,
    to_issue_id     bigint,
    deleted_at      timestamptz,
    PRIMARY KEY (tenant, source, link_id)
);

CREATE TABLE jirasync.entities (
    tenant      text NOT NULL,
    source      text NOT NULL,
    kind        text NOT NULL,
    id          text NOT NULL,
    body        jsonb COMPRESSION lz4,
    updated_at  timestamptz,
    deleted_at  timestamptz,
    PRIMARY KEY (tenant, source, kind, id)
);
