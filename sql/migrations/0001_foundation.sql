-- The schema, its roles, and the three global tables.

CREATE SCHEMA IF NOT EXISTS jirasync;
COMMENT ON SCHEMA jirasync IS 'jirasync: a live copy of Jira, correlated with git commits';

CREATE TABLE jirasync.sources (
    source             text PRIMARY KEY,
    tenant             text NOT NULL DEFAULT 'main',
    kind               text NOT NULL,
    base_url           text,
    projects           text[],
    counted_refs       text[],
    epic_link_field    text,
    api_token_expires  date,
    registered_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sources_kind_is_known
        CHECK (kind IN ('jira', 'github', 'bitbucket', 'bitbucket-server', 'gitlab', 'git'))
);
COMMENT ON TABLE jirasync.sources IS 'Configured senders: Jira sites and git hosts. Written from the sources file by the programs at their start';
COMMENT ON COLUMN jirasync.sources.source IS 'Slug of the source, unique over all tenants';
COMMENT ON COLUMN jirasync.sources.tenant IS 'The set of sources that are correlated with one another';
COMMENT ON COLUMN jirasync.sources.kind IS 'jira, github, bitbucket, bitbucket-server, gitlab, or git (import only)';
COMMENT ON COLUMN jirasync.sources.base_url IS 'Base URL of the site, for links and follow-up fetches';
COMMENT ON COLUMN jirasync.sources.projects IS 'Allow-list of Jira project keys; NULL takes all';
COMMENT ON COLUMN jirasync.sources.counted_refs IS 'Glob patterns of the branches whose commits count; NULL is the default branch, release/* and hotfix/*';
COMMENT ON COLUMN jirasync.sources.epic_link_field IS 'Custom field that holds the epic link on Data Center, for example customfield_10008';
COMMENT ON COLUMN jirasync.sources.api_token_expires IS 'Day on which the API token lapses, as configured';
COMMENT ON COLUMN jirasync.sources.registered_at IS 'When a program first named this source';

CREATE TABLE jirasync.settings (
    name         text PRIMARY KEY,
    value        text NOT NULL,
    description  text NOT NULL
);
COMMENT ON TABLE jirasync.settings IS 'Settings that SQL functions read; change them with UPDATE';
COMMENT ON COLUMN jirasync.settings.name IS 'Name of the setting';
COMMENT ON COLUMN jirasync.settings.value IS 'Value, as text';
COMMENT ON COLUMN jirasync.settings.description IS 'What the setting does, with its unit';

INSERT INTO jirasync.settings (name, value, description) VALUES
    ('face_version', '1', 'Version of the tables and views that others write queries against'),
    ('debounce_ms', '20', 'A job that is enqueued again while it waits runs this many milliseconds later'),
    ('debounce_cap_ms', '100', 'but never more than this many milliseconds after it was first enqueued'),
    ('max_attempts', '20', 'Attempts of a job before it is discarded'),
    ('backoff_base_ms', '1000', 'Backoff before the first retry of a job, in milliseconds; doubles with each attempt, full jitter'),
    ('backoff_cap_ms', '300000', 'Longest backoff of a job, in milliseconds'),
    ('rejection_rows', '10000', 'Rows of rejected_requests that are kept');

-- Made by sql/migrate before any migration.
COMMENT ON TABLE jirasync.schema_migrations IS 'Migrations that were applied; the greatest version is the schema''s';
COMMENT ON COLUMN jirasync.schema_migrations.version IS 'Name of the file in sql/migrations, without .sql';
COMMENT ON COLUMN jirasync.schema_migrations.applied_at IS 'When it was applied';
COMMENT ON TABLE jirasync.schema_files IS 'Functions and views as sql/migrate last applied them';
COMMENT ON COLUMN jirasync.schema_files.path IS 'File, below sql/';
COMMENT ON COLUMN jirasync.schema_files.md5 IS 'Hash of its text; another one means that its function is made anew';
