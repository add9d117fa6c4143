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
-- Here and below: what an index looks for comes first in it, and tenant, where it need not be unique, last. While a table
-- has no statistics every index that begins with a tenant seems to find a row or so by that alone, and any may be taken.
CREATE INDEX issues_by_key ON jirasync.issues (issue_key, tenant);
CREATE INDEX issues_by_parent ON jirasync.issues (parent_id, source, tenant) WHERE parent_id IS NOT NULL;
-- Stubs have no snapshot, so no row in issue_fix_versions either: a version that is renamed finds them by this.
CREATE INDEX issues_stubs ON jirasync.issues (tenant, source) WHERE is_stub AND version_ids IS NOT NULL;
CREATE INDEX issues_by_project ON jirasync.issues (project_id, source, tenant) WHERE project_id IS NOT NULL;

CREATE TABLE jirasync.issue_keys (
    tenant     text NOT NULL,
    source     text NOT NULL,
    issue_key  text NOT NULL,
    issue_id   bigint NOT NULL,
    since      timestamptz NOT NULL,
    PRIMARY KEY (tenant, source, issue_key, issue_id)
);
CREATE INDEX issue_keys_by_key ON jirasync.issue_keys (issue_key, tenant);
CREATE INDEX issue_keys_by_issue ON jirasync.issue_keys (issue_id, source, tenant);
CREATE INDEX issue_keys_by_project ON jirasync.issue_keys (rtrim(issue_key, '0123456789'), tenant, issue_key);

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
    rank_timestamp timestamptz NOT NULL DEFAULT '-infinity',
    rank_sha256    bytea NOT NULL DEFAULT '',
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
CREATE INDEX versions_by_project ON jirasync.versions (project_id, source, tenant);
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
CREATE INDEX issue_fix_versions_by_version ON jirasync.issue_fix_versions (version_id, source, tenant);

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

-- Rows of issues are rewritten with each event: their dead versions must not outgrow the page's free space.
ALTER TABLE jirasync.issues SET (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0.05);

COMMENT ON TABLE jirasync.projects IS 'Derived: Jira projects by id, with their newest known key and name';
COMMENT ON COLUMN jirasync.projects.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.projects.source IS 'Slug of the Jira site';
COMMENT ON COLUMN jirasync.projects.project_id IS 'Numeric id in Jira';
COMMENT ON COLUMN jirasync.projects.project_key IS 'Newest known key';
COMMENT ON COLUMN jirasync.projects.name IS 'Newest known name';
COMMENT ON COLUMN jirasync.projects.known_at IS 'Instant of the snapshot that told key and name';
COMMENT ON COLUMN jirasync.projects.deleted_at IS 'When the project was deleted in Jira';

COMMENT ON TABLE jirasync.issues IS 'Issues, one row for each (tenant, source, issue_id), as the event of the highest rank shows it. An UPDATE by hand enqueues nothing: call recompute_issue(key) after it';
COMMENT ON COLUMN jirasync.issues.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.issues.source IS 'Slug of the Jira site';
COMMENT ON COLUMN jirasync.issues.issue_id IS 'Numeric id in Jira: the identity, which a move keeps';
COMMENT ON COLUMN jirasync.issues.issue_key IS 'Key as the newest event has it; former ones are in issue_keys';
COMMENT ON COLUMN jirasync.issues.project_key IS 'Key of the project; shown as it is newest known, recomputed by correlate()';
COMMENT ON COLUMN jirasync.issues.summary IS 'Summary';
COMMENT ON COLUMN jirasync.issues.issue_type IS 'Name of the issue type';
COMMENT ON COLUMN jirasync.issues.hierarchy_level IS 'issuetype.hierarchyLevel, else -1 for a sub-task, 1 for an epic, else 0';
COMMENT ON COLUMN jirasync.issues.parent_id IS 'Numeric id of the parent';
COMMENT ON COLUMN jirasync.issues.parent_key IS 'Key of the parent (Cloud fields.parent; Data Center the epic link); recomputed by correlate()';
COMMENT ON COLUMN jirasync.issues.status IS 'Name of the status';
COMMENT ON COLUMN jirasync.issues.status_category IS 'new, indeterminate or done';
COMMENT ON COLUMN jirasync.issues.resolution IS 'Name of the resolution; NULL while unresolved';
COMMENT ON COLUMN jirasync.issues.resolved_at IS 'When it was resolved';
COMMENT ON COLUMN jirasync.issues.priority IS 'Name of the priority';
COMMENT ON COLUMN jirasync.issues.assignee IS 'accountId, else name, else key';
COMMENT ON COLUMN jirasync.issues.fix_versions IS 'Names of the fix versions, as newest known; recomputed by correlate()';
COMMENT ON COLUMN jirasync.issues.labels IS 'Labels';
COMMENT ON COLUMN jirasync.issues.components IS 'Names of the components';
COMMENT ON COLUMN jirasync.issues.created_at IS 'When the issue was created';
COMMENT ON COLUMN jirasync.issues.updated_at IS 'fields.updated of the event shown';
COMMENT ON COLUMN jirasync.issues.deleted_at IS 'Tombstone: the greatest timestamp of the delete events, whatever their rank';
COMMENT ON COLUMN jirasync.issues.is_stub IS 'True until an event showed the issue whole (summary, status, issuetype and project)';
COMMENT ON COLUMN jirasync.issues.fields IS 'fields of the event shown, as PostgreSQL reads the raw body. Not readable by jirasync_reader';
COMMENT ON COLUMN jirasync.issues.project_id IS 'Numeric id of the project';
COMMENT ON COLUMN jirasync.issues.version_ids IS 'Numeric ids of the fix versions; NULL where the event did not say';
COMMENT ON COLUMN jirasync.issues.event IS 'Event that the row shows';
COMMENT ON COLUMN jirasync.issues.delivery_id IS 'Delivery that the row shows';
COMMENT ON COLUMN jirasync.issues.rank_updated IS 'First part of the event''s rank: fields.updated, else its timestamp';
COMMENT ON COLUMN jirasync.issues.rank_timestamp IS 'Second part: its timestamp, else fields.updated';
COMMENT ON COLUMN jirasync.issues.rank_sha256 IS 'Third part: the body''s SHA-256';
COMMENT ON COLUMN jirasync.issues.assignee_name IS 'Display name of the assignee';

COMMENT ON TABLE jirasync.issue_keys IS 'Every key that an issue bears or bore, from every signed event';
COMMENT ON COLUMN jirasync.issue_keys.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.issue_keys.source IS 'Slug of the Jira site';
COMMENT ON COLUMN jirasync.issue_keys.issue_key IS 'Key';
COMMENT ON COLUMN jirasync.issue_keys.issue_id IS 'Issue that bears or bore it';
COMMENT ON COLUMN jirasync.issue_keys.since IS 'Earliest instant at which an event showed it so; -infinity when no event says';

COMMENT ON TABLE jirasync.issue_snapshots IS 'What each whole event says about versions, project and parent, stale ones too: the facts that scope history and names are computed from';
COMMENT ON COLUMN jirasync.issue_snapshots.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.issue_snapshots.source IS 'Slug of the Jira site';
COMMENT ON COLUMN jirasync.issue_snapshots.issue_id IS 'Issue';
COMMENT ON COLUMN jirasync.issue_snapshots.at IS 'Instant of the snapshot: the first part of the event''s rank';
COMMENT ON COLUMN jirasync.issue_snapshots.delivery_id IS 'Delivery that told it';
COMMENT ON COLUMN jirasync.issue_snapshots.version_ids IS 'Ids of the fix versions; NULL where the event did not say';
COMMENT ON COLUMN jirasync.issue_snapshots.version_names IS 'Their names, in the same order';
COMMENT ON COLUMN jirasync.issue_snapshots.added_ids IS 'Ids of fix versions that the event''s changelog added';
COMMENT ON COLUMN jirasync.issue_snapshots.removed_ids IS 'Ids of fix versions that the event''s changelog removed';
COMMENT ON COLUMN jirasync.issue_snapshots.project_id IS 'Numeric id of the project';
COMMENT ON COLUMN jirasync.issue_snapshots.project_key IS 'Key of the project';
COMMENT ON COLUMN jirasync.issue_snapshots.project_name IS 'Name of the project';
COMMENT ON COLUMN jirasync.issue_snapshots.parent_id IS 'Numeric id of the parent';
COMMENT ON COLUMN jirasync.issue_snapshots.parent_key IS 'Key of the parent';
COMMENT ON COLUMN jirasync.issue_snapshots.created_at IS 'When the issue was created';
COMMENT ON COLUMN jirasync.issue_snapshots.rank_timestamp IS 'Second part of the event''s rank: orders events of one instant';
COMMENT ON COLUMN jirasync.issue_snapshots.rank_sha256 IS 'Third part: the body''s SHA-256';

COMMENT ON TABLE jirasync.versions IS 'Derived: fix versions by id, with their newest known name';
COMMENT ON COLUMN jirasync.versions.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.versions.source IS 'Slug of the Jira site';
COMMENT ON COLUMN jirasync.versions.version_id IS 'Numeric id in Jira';
COMMENT ON COLUMN jirasync.versions.project_key IS 'Key of the project, as newest known';
COMMENT ON COLUMN jirasync.versions.name IS 'Newest known name';
COMMENT ON COLUMN jirasync.versions.released IS 'Released';
COMMENT ON COLUMN jirasync.versions.archived IS 'Archived';
COMMENT ON COLUMN jirasync.versions.start_date IS 'Start date';
COMMENT ON COLUMN jirasync.versions.release_date IS 'Release date';
COMMENT ON COLUMN jirasync.versions.freeze_at IS 'Scope freeze; set by hand, never by jirasync';
COMMENT ON COLUMN jirasync.versions.merged_into IS 'Version that it was merged into';
COMMENT ON COLUMN jirasync.versions.deleted_at IS 'When it was deleted in Jira';
COMMENT ON COLUMN jirasync.versions.known_at IS 'Instant of the snapshot that told the name';

COMMENT ON TABLE jirasync.issue_fix_versions IS 'Derived: an issue''s scope with its history; a version added, removed and added again is two rows';
COMMENT ON COLUMN jirasync.issue_fix_versions.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.issue_fix_versions.source IS 'Slug of the Jira site';
COMMENT ON COLUMN jirasync.issue_fix_versions.issue_id IS 'Issue';
COMMENT ON COLUMN jirasync.issue_fix_versions.version_id IS 'Version';
COMMENT ON COLUMN jirasync.issue_fix_versions.fix_version IS 'Name of the version, as newest known';
COMMENT ON COLUMN jirasync.issue_fix_versions.added_at IS 'When the version was added';
COMMENT ON COLUMN jirasync.issue_fix_versions.removed_at IS 'When it was removed; NULL while it is there';

COMMENT ON TABLE jirasync.comments IS 'Comments on issues';
COMMENT ON COLUMN jirasync.comments.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.comments.source IS 'Slug of the Jira site';
COMMENT ON COLUMN jirasync.comments.comment_id IS 'Numeric id in Jira';
COMMENT ON COLUMN jirasync.comments.issue_id IS 'Issue';
COMMENT ON COLUMN jirasync.comments.author IS 'accountId, else name, else key';
COMMENT ON COLUMN jirasync.comments.body IS 'Text of the comment';
COMMENT ON COLUMN jirasync.comments.created_at IS 'When it was written';
COMMENT ON COLUMN jirasync.comments.updated_at IS 'When it was last changed';
COMMENT ON COLUMN jirasync.comments.deleted_at IS 'When it was deleted';

COMMENT ON TABLE jirasync.worklogs IS 'Work logged on issues';
COMMENT ON COLUMN jirasync.worklogs.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.worklogs.source IS 'Slug of the Jira site';
COMMENT ON COLUMN jirasync.worklogs.worklog_id IS 'Numeric id in Jira';
COMMENT ON COLUMN jirasync.worklogs.issue_id IS 'Issue';
COMMENT ON COLUMN jirasync.worklogs.author IS 'accountId, else name, else key';
COMMENT ON COLUMN jirasync.worklogs.seconds_spent IS 'Time spent, in seconds';
COMMENT ON COLUMN jirasync.worklogs.started_at IS 'When the work began';
COMMENT ON COLUMN jirasync.worklogs.created_at IS 'When it was logged';
COMMENT ON COLUMN jirasync.worklogs.updated_at IS 'When it was last changed';
COMMENT ON COLUMN jirasync.worklogs.deleted_at IS 'When it was deleted';

COMMENT ON TABLE jirasync.issue_links IS 'Links between issues';
COMMENT ON COLUMN jirasync.issue_links.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.issue_links.source IS 'Slug of the Jira site';
COMMENT ON COLUMN jirasync.issue_links.link_id IS 'Numeric id in Jira';
COMMENT ON COLUMN jirasync.issue_links.link_type IS 'Name of the link type';
COMMENT ON COLUMN jirasync.issue_links.from_issue_id IS 'Issue that the link starts from';
COMMENT ON COLUMN jirasync.issue_links.to_issue_id IS 'Issue that it points to';
COMMENT ON COLUMN jirasync.issue_links.deleted_at IS 'When it was removed';

COMMENT ON TABLE jirasync.entities IS 'Every other kind of entity that Jira tells of';
COMMENT ON COLUMN jirasync.entities.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.entities.source IS 'Slug of the Jira site';
COMMENT ON COLUMN jirasync.entities.kind IS 'Kind of entity (sprint, board, user, ...)';
COMMENT ON COLUMN jirasync.entities.id IS 'Id in Jira, as text';
COMMENT ON COLUMN jirasync.entities.body IS 'The entity as last told';
COMMENT ON COLUMN jirasync.entities.updated_at IS 'Instant of that event';
COMMENT ON COLUMN jirasync.entities.deleted_at IS 'When it was deleted';
