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
    is_quiet          boolean NOT NULL DEFAULT false,
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
    CONSTRAINT run_items_subject_is_known CHECK (subject IN ('issue', 'commit'))
);
-- No primary key: a run may touch a thing many times, and a second wide index would cost a third of a quiet job.
CREATE INDEX run_items_by_run ON jirasync.run_items (tenant, run_id);
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

-- Rows of jobs live for milliseconds: dead ones slow the claim down, so vacuum comes soon and does not dawdle.
ALTER TABLE jirasync.jobs SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
ALTER TABLE jirasync.job_counts SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

COMMENT ON TABLE jirasync.jobs IS 'What is to be done. A finished job''s row is deleted, its count kept in job_counts; change rows by the functions (enqueue_job, retry_job, discard_job), not by hand';
COMMENT ON COLUMN jirasync.jobs.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.jobs.id IS 'Number of the job';
COMMENT ON COLUMN jirasync.jobs.state IS 'available, running, retryable or discarded';
COMMENT ON COLUMN jirasync.jobs.kind IS 'What is to be done (correlate_issue, correlate_commit, ...)';
COMMENT ON COLUMN jirasync.jobs.source IS 'Slug of the source that it is about';
COMMENT ON COLUMN jirasync.jobs.key IS 'What it is about: for correlate_issue the issue''s id, for correlate_commit REPOSITORY@SHA or REPOSITORY#FROM-TO';
COMMENT ON COLUMN jirasync.jobs.priority IS 'Smaller ones are claimed first';
COMMENT ON COLUMN jirasync.jobs.attempts IS 'Attempts that failed by the job''s own fault or a lost lease';
COMMENT ON COLUMN jirasync.jobs.max_attempts IS 'Attempts after which it is discarded';
COMMENT ON COLUMN jirasync.jobs.run_at IS 'Not to be claimed before';
COMMENT ON COLUMN jirasync.jobs.lease_expires_at IS 'When a running job is taken from its worker';
COMMENT ON COLUMN jirasync.jobs.last_error IS 'What went wrong last';
COMMENT ON COLUMN jirasync.jobs.first_at IS 'When it was first enqueued: the debounce''s cap counts from here';
COMMENT ON COLUMN jirasync.jobs.lease_token IS 'Fencing token of the claim';
COMMENT ON COLUMN jirasync.jobs.leased_by IS 'Worker that holds it';
COMMENT ON COLUMN jirasync.jobs.not_before IS 'Earliest time that the other side asked for (Retry-After); no enqueueing moves run_at before it';
COMMENT ON COLUMN jirasync.jobs.is_quiet IS 'Only events asked for it that repeat all the correlation depends on (key, project, parent, fix versions), so that correlate() need not go through the issue; see store_issues';

COMMENT ON TABLE jirasync.job_counts IS 'Counts of jobs that are gone, in slots so that workers don''t wait for one another; job_queue sums them';
COMMENT ON COLUMN jirasync.job_counts.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.job_counts.kind IS 'Kind of job';
COMMENT ON COLUMN jirasync.job_counts.slot IS 'Slot of the writer';
COMMENT ON COLUMN jirasync.job_counts.completed IS 'Jobs done';
COMMENT ON COLUMN jirasync.job_counts.retried IS 'Failures that were tried again';
COMMENT ON COLUMN jirasync.job_counts.discarded IS 'Jobs given up';

COMMENT ON TABLE jirasync.paused_kinds IS 'Kinds of jobs that no worker claims; see pause_jobs and resume_jobs';
COMMENT ON COLUMN jirasync.paused_kinds.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.paused_kinds.kind IS 'Kind of job';
COMMENT ON COLUMN jirasync.paused_kinds.paused_at IS 'Since when';

COMMENT ON TABLE jirasync.runs IS 'Correlation runs: the batches of up to JIRASYNC_RUN_INTERVAL_MS; each leaves one artifact';
COMMENT ON COLUMN jirasync.runs.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.runs.run_id IS 'Id of the run';
COMMENT ON COLUMN jirasync.runs.started_at IS 'When it began';
COMMENT ON COLUMN jirasync.runs.finished_at IS 'When it was closed; NULL while open';
COMMENT ON COLUMN jirasync.runs.artifact IS 'Path of the artifact, below the artifacts folder; NULL until it is written';
COMMENT ON COLUMN jirasync.runs.document IS 'The artifact''s bytes; NULL once pruned';
COMMENT ON COLUMN jirasync.runs.worker IS 'Worker that opened it';
COMMENT ON COLUMN jirasync.runs.git_sha IS 'Commit that the worker was built from';
COMMENT ON COLUMN jirasync.runs.args IS 'How the worker was called';
COMMENT ON COLUMN jirasync.runs.lease_expires_at IS 'When the next worker may close it';
COMMENT ON COLUMN jirasync.runs.summary IS 'correlation.summary of the document; kept when that is pruned';

COMMENT ON TABLE jirasync.run_items IS 'What a run touched, written in the transaction that recomputed it';
COMMENT ON COLUMN jirasync.run_items.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.run_items.run_id IS 'Run';
COMMENT ON COLUMN jirasync.run_items.subject IS 'issue or commit';
COMMENT ON COLUMN jirasync.run_items.source IS 'Slug of the issue''s or commit''s source';
COMMENT ON COLUMN jirasync.run_items.repository IS 'Repository of a commit; empty for an issue';
COMMENT ON COLUMN jirasync.run_items.id IS 'Issue id or commit hash';
COMMENT ON COLUMN jirasync.run_items.at IS 'When';

COMMENT ON TABLE jirasync.run_coverage IS 'Coverage of each fix version at the end of a run; read it as coverage_history';
COMMENT ON COLUMN jirasync.run_coverage.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.run_coverage.run_id IS 'Run';
COMMENT ON COLUMN jirasync.run_coverage.source IS 'Slug of the Jira site';
COMMENT ON COLUMN jirasync.run_coverage.project_key IS 'Project';
COMMENT ON COLUMN jirasync.run_coverage.fix_version IS 'Name of the version';
COMMENT ON COLUMN jirasync.run_coverage.at IS 'When the run was closed';
COMMENT ON COLUMN jirasync.run_coverage.stories IS 'Stories that are judged';
COMMENT ON COLUMN jirasync.run_coverage.with_commits IS 'Covered ones';
COMMENT ON COLUMN jirasync.run_coverage.without_commits IS 'Missing, unmerged and reverted ones';
COMMENT ON COLUMN jirasync.run_coverage.unmerged IS 'Commits exist, none has landed';
COMMENT ON COLUMN jirasync.run_coverage.reverted IS 'All that landed was taken back';
COMMENT ON COLUMN jirasync.run_coverage.not_expected IS 'Stories that need no commit';
