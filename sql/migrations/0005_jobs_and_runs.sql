-- The job table and the correlation runs.

CREATE SEQUENCE jirasync.lease_tokens;
COMMENT ON SEQUENCE jirasync.lease_tokens IS 'Fencing tokens: one for each claim of a job';

CREATE TABLE jirasync.jobs (
    tenant            text NOT NULL,
    id                bigint GENERATED ALWAYS AS IDENTITY,
    state             text NOT NULL DEFAULT 'available',
    kind              text NOT NULL,
    source            text NOT NULL DEFAULT '',
    key               text NOT NULL DEFAULT '',
    priority          smallint NOT NULL DEFAULT 0,
    attempts          integer NOT NULL DEFAULT 0,
    max_attempts      integer NOT NULL DEFAULT 20,
    run_at            timestamptz NOT NULL DEFAULT now(),
    lease_expires_at  timestamptz,
    last_error        text,
    first_at          timestamptz NOT NULL DEFAULT now(),
    lease_token       bigint,
    leased_by         text,
    not_before        timestamptz,
    PRIMARY KEY (tenant, id),
    CONSTRAINT jobs_state_is_known CHECK (state IN ('available', 'running', 'retryable', 'discarded')),
    CONSTRAINT jobs_lease_while_running CHECK ((state = 'running') =
        (lease_token IS NOT NULL AND lease_expires_at IS NOT NULL AND leased_by IS NOT NULL)),
    CONSTRAINT jobs_max_attempts_is_positive CHECK (max_attempts > 0)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX jobs_wait_once ON jirasync.jobs (tenant, kind, source, key)
    WHERE state IN ('available', 'retryable');
-- By kind before time: jobs of a kind that nobody handles must not stand in the way of the others.
CREATE INDEX jobs_to_claim ON jirasync.jobs (tenant, kind, priority, run_at, id)
    WHERE state IN ('available', 'retryable');
CREATE UNIQUE INDEX jobs_discarded_once ON jirasync.jobs (tenant, kind, source, key) WHERE state = 'discarded';
CREATE INDEX jobs_to_rescue ON jirasync.jobs (tenant, lease_expires_at) WHERE state = 'running';

CREATE TABLE jirasync.job_counts (
    tenant     text NOT NULL,
    kind       text NOT NULL,
    slot       smallint NOT NULL DEFAULT 0,
    completed  bigint NOT NULL DEFAULT 0,
    retried    bigint NOT NULL DEFAULT 0,
    discarded  bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, kind, slot)
);

CREATE TABLE jirasync.paused_kinds (
    tenant     text NOT NULL,
    kind       text NOT NULL,
    paused_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, kind)
);

CREATE TABLE jirasync.runs (
    tenant            text NOT NULL,
    run_id            text NOT NULL,
    started_at        timestamptz NOT NULL DEFAULT now(),
    finished_at       timestamptz,
    artifact          text,
    document          text COMPRESSION lz4,
    worker            text NOT NULL,
    git_sha           text NOT NULL,
    args              jsonb NOT NULL DEFAULT '{}',
    lease_expires_at  timestamptz NOT NULL,
    summary           jsonb,
    PRIMARY KEY (tenant, run_id)
);
CREATE INDEX runs_open ON jirasync.runs (tenant, started_at) WHERE finished_at IS NULL;
CREATE INDEX runs_to_write ON jirasync.runs (finished_at) WHERE artifact IS NULL AND finished_at IS NOT NULL;
CREATE INDEX runs_by_finish ON jirasync.runs (tenant, finished_at);

CREATE TABLE jirasync.run_items (
    tenant      text NOT NULL,
    run_id      text NOT NULL,
    subject     text NOT NULL,
    source      text NOT NULL,
    repository  text NOT NULL DEFAULT '',
    id          text NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, run_id, subject, source, repository, id, at),
    CONSTRAINT run_items_subject_is_known CHECK (subject IN ('issue', 'commit'))
);
CREATE INDEX run_items_by_subject ON jirasync.run_items (tenant, subject, source, repository, id, at);

-- Runs' summaries per version, for coverage_history.
CREATE TABLE jirasync.run_coverage (
    tenant       text NOT NULL,
    run_id       text NOT NULL,
    source       text NOT NULL,
    project_key  text NOT NULL,
    fix_version  text NOT NULL,
    at           timestamptz NOT NULL,
    stories      integer NOT NULL,
    with_commits integer NOT NULL,
    without_commits integer NOT NULL,
    unmerged     integer NOT NULL,
    reverted     integer NOT NULL,
    not_expected integer NOT NULL,
    PRIMARY KEY (tenant, run_id, source, project_key, fix_version)
);
