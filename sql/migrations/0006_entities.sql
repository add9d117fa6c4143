-- What is told of entities other than issues, by rank as issues are, and what follows from it for issues.

-- Functions whose parameters or results are others now; they are made anew from their files.
DO $$
DECLARE
    v_function  regprocedure;
BEGIN
    FOR v_function IN
        SELECT p.oid FROM pg_proc p
        WHERE p.pronamespace = 'jirasync'::regnamespace
          AND p.proname IN ('store_deliveries', 'store_issues', 'correlate_issues', 'issues_renamed_by', 'write_projects',
                            'write_versions', 'touched_issues')
    LOOP
        EXECUTE format('DROP FUNCTION %s', v_function);
    END LOOP;
END
$$;

-- is_shown: an event that is no delete has shown it. A delete's last look fills the row only until then.
ALTER TABLE jirasync.comments
    ADD COLUMN is_shown boolean NOT NULL DEFAULT false,
    ADD COLUMN delivery_id text NOT NULL DEFAULT '',
    ADD COLUMN rank_updated timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN rank_timestamp timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN rank_sha256 bytea NOT NULL DEFAULT '';
CREATE INDEX comments_by_issue ON jirasync.comments (issue_id, source, tenant);

ALTER TABLE jirasync.worklogs
    ADD COLUMN is_shown boolean NOT NULL DEFAULT false,
    ADD COLUMN delivery_id text NOT NULL DEFAULT '',
    ADD COLUMN rank_updated timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN rank_timestamp timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN rank_sha256 bytea NOT NULL DEFAULT '';
CREATE INDEX worklogs_by_issue ON jirasync.worklogs (issue_id, source, tenant);

ALTER TABLE jirasync.issue_links
    ADD COLUMN is_shown boolean NOT NULL DEFAULT false,
    ADD COLUMN delivery_id text NOT NULL DEFAULT '',
    ADD COLUMN rank_updated timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN rank_timestamp timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN rank_sha256 bytea NOT NULL DEFAULT '';
CREATE INDEX issue_links_by_source ON jirasync.issue_links (from_issue_id, source, tenant);
CREATE INDEX issue_links_by_destination ON jirasync.issue_links (to_issue_id, source, tenant);

ALTER TABLE jirasync.entities
    ADD COLUMN issue_id bigint,
    ADD COLUMN merged_into bigint,
    ADD COLUMN buried_at timestamptz,
    ADD COLUMN restored_at timestamptz,
    ADD COLUMN archived_at timestamptz,
    ADD COLUMN unarchived_at timestamptz,
    ADD COLUMN is_shown boolean NOT NULL DEFAULT false,
    ADD COLUMN delivery_id text NOT NULL DEFAULT '',
    ADD COLUMN rank_updated timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN rank_timestamp timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN rank_sha256 bytea NOT NULL DEFAULT '';
CREATE INDEX entities_by_issue ON jirasync.entities (issue_id, source, tenant) WHERE issue_id IS NOT NULL;

-- deleted_at of an issue is what its own events say, else what its project's do.
ALTER TABLE jirasync.issues ADD COLUMN buried_at timestamptz;
UPDATE jirasync.issues SET buried_at = deleted_at WHERE deleted_at IS NOT NULL;
-- Stubs have no snapshot, nor has what is known by its delete alone: a version that is renamed finds them by this.
DROP INDEX jirasync.issues_stubs;
CREATE INDEX issues_without_snapshots ON jirasync.issues (tenant, source)
    WHERE (is_stub OR buried_at IS NOT NULL) AND version_ids IS NOT NULL;

ALTER TABLE jirasync.projects ADD COLUMN archived_at timestamptz;
-- The few that are gone: an issue that still shows one of them is looked up here.
CREATE INDEX versions_gone ON jirasync.versions (tenant, source, version_id) WHERE deleted_at IS NOT NULL;

CREATE TABLE jirasync.project_keys (
    tenant       text NOT NULL,
    source       text NOT NULL,
    project_id   bigint NOT NULL,
    project_key  text NOT NULL,
    PRIMARY KEY (tenant, source, project_id, project_key)
);
CREATE INDEX project_keys_by_key ON jirasync.project_keys (project_key, source, tenant);
INSERT INTO jirasync.project_keys (tenant, source, project_id, project_key)
SELECT DISTINCT s.tenant, s.source, s.project_id, s.project_key
FROM jirasync.issue_snapshots s
WHERE s.project_id IS NOT NULL AND s.project_key IS NOT NULL;

DO $$
DECLARE
    v_table  text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['comments', 'worklogs', 'issue_links', 'entities'] LOOP
        EXECUTE format('COMMENT ON COLUMN jirasync.%I.is_shown IS %L', v_table,
                       'An event other than a delete has shown it; until one has, the row is what its delete told');
        EXECUTE format('COMMENT ON COLUMN jirasync.%I.delivery_id IS %L', v_table,
                       'The delivery whose look of it the row shows');
        EXECUTE format('COMMENT ON COLUMN jirasync.%I.rank_updated IS %L', v_table,
                       'Rank of that delivery: when it was last changed, else the event''s timestamp');
        EXECUTE format('COMMENT ON COLUMN jirasync.%I.rank_timestamp IS %L', v_table,
                       'Rank of that delivery: the event''s timestamp, else when it was last changed');
        EXECUTE format('COMMENT ON COLUMN jirasync.%I.rank_sha256 IS %L', v_table,
                       'Rank of that delivery: the SHA-256 of its body, which settles ties');
    END LOOP;
END
$$;
COMMENT ON COLUMN jirasync.entities.issue_id IS 'The issue it belongs to (attachment, property), where the event told';
COMMENT ON COLUMN jirasync.entities.merged_into IS 'version: the version that took its issues over when it was deleted';
COMMENT ON COLUMN jirasync.entities.buried_at IS 'Latest timestamp of the events that deleted it; deleted_at is this unless it was restored later';
COMMENT ON COLUMN jirasync.entities.restored_at IS 'project: latest timestamp of the events that restored it';
COMMENT ON COLUMN jirasync.entities.archived_at IS 'project: latest timestamp of the events that archived it';
COMMENT ON COLUMN jirasync.entities.unarchived_at IS 'project: latest timestamp of the events that took it out of the archive';
COMMENT ON COLUMN jirasync.issues.buried_at IS 'Greatest timestamp of its own delete events; deleted_at is this, else that of its project''s deletion';
COMMENT ON COLUMN jirasync.projects.archived_at IS 'Derived: since when it is archived; NULL: it is not';
COMMENT ON TABLE jirasync.project_keys IS 'Every key that a project has borne: an issue of it is known by its number under each of them';
COMMENT ON COLUMN jirasync.project_keys.tenant IS 'Set of sources correlated with one another';
COMMENT ON COLUMN jirasync.project_keys.source IS 'The Jira site';
COMMENT ON COLUMN jirasync.project_keys.project_id IS 'The project''s id';
COMMENT ON COLUMN jirasync.project_keys.project_key IS 'A key it bears or bore';
COMMENT ON COLUMN jirasync.issue_keys.since IS 'Earliest known instant at which the issue bore this key; -infinity where it is its by a key of its project';
