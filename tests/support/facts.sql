-- Writes facts as the store and the import do, for tests of what is derived from them: schema facts.
--
-- Each function remembers what it touched in facts.touched; facts.settle() runs correlate() over that, as a worker
-- would over the jobs.
CREATE SCHEMA facts;
SET search_path = jirasync, facts, public;

CREATE TABLE facts.touched (kind text, source text, key text, PRIMARY KEY (kind, source, key));

CREATE FUNCTION facts.touch(p_kind text, p_source text, p_key text) RETURNS void LANGUAGE sql AS $$
    -- The update locks a waiting row, so that it is not claimed before the facts are committed.
    INSERT INTO facts.touched VALUES (p_kind, p_source, p_key)
    ON CONFLICT (kind, source, key) DO UPDATE SET key = excluded.key
$$;

-- One whole event of an issue. versions and the changelog's added and removed are ids; names are by id.
CREATE FUNCTION facts.issue(
    p_id bigint, p_key text, p_at text, versions bigint[] DEFAULT '{}', names text[] DEFAULT NULL,
    added bigint[] DEFAULT '{}', removed bigint[] DEFAULT '{}', parent bigint DEFAULT NULL,
    parent_key text DEFAULT NULL, type text DEFAULT 'Story', level int DEFAULT 0, resolution text DEFAULT NULL,
    project bigint DEFAULT 10000, project_key text DEFAULT NULL, created text DEFAULT '2026-01-01 00:00Z',
    labels text[] DEFAULT '{}', source text DEFAULT 'default', tenant text DEFAULT 'main',
    delivery text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_delivery text := coalesce(delivery, 'd-' || p_id || '-' || p_at);
    v_project  text := coalesce(project_key, rtrim(rtrim(p_key, '0123456789'), '-'));
    v_names    text[] := coalesce(names, ARRAY(SELECT '1.' || v FROM unnest(versions) v));
BEGIN
    INSERT INTO jirasync.issue_snapshots VALUES (
        tenant, source, p_id, p_at::timestamptz, v_delivery, versions, v_names, added, removed, project, v_project,
        'Project ' || v_project, parent, parent_key, created::timestamptz) ON CONFLICT DO NOTHING;
    INSERT INTO jirasync.issues AS i (
        tenant, source, issue_id, issue_key, project_key, summary, issue_type, hierarchy_level, parent_id, parent_key,
        status, status_category, resolution, fix_versions, labels, components, created_at, updated_at, is_stub,
        project_id, version_ids, event, delivery_id, rank_updated, rank_timestamp, rank_sha256)
    VALUES (tenant, source, p_id, p_key, v_project, 'Summary of ' || p_id, type, level, parent, parent_key, 'Open',
            'new', resolution, v_names, labels, '{}', created::timestamptz, p_at::timestamptz, false, project, versions,
            'jira:issue_updated', v_delivery, p_at::timestamptz, p_at::timestamptz, sha256(v_delivery::bytea))
    ON CONFLICT ON CONSTRAINT issues_pkey DO UPDATE SET
        issue_key = excluded.issue_key, project_key = excluded.project_key, issue_type = excluded.issue_type,
        hierarchy_level = excluded.hierarchy_level, parent_id = excluded.parent_id, parent_key = excluded.parent_key,
        resolution = excluded.resolution, fix_versions = excluded.fix_versions, labels = excluded.labels,
        updated_at = excluded.updated_at, project_id = excluded.project_id, version_ids = excluded.version_ids,
        delivery_id = excluded.delivery_id, rank_updated = excluded.rank_updated,
        rank_timestamp = excluded.rank_timestamp, rank_sha256 = excluded.rank_sha256
    WHERE (i.rank_updated, i.rank_timestamp, i.rank_sha256)
          < (excluded.rank_updated, excluded.rank_timestamp, excluded.rank_sha256);
    INSERT INTO jirasync.issue_keys AS k VALUES (tenant, source, p_key, p_id, p_at::timestamptz)
    ON CONFLICT ON CONSTRAINT issue_keys_pkey DO UPDATE SET since = least(k.since, excluded.since);
    PERFORM facts.touch('correlate_issue', source, p_id::text);
END
$$;

CREATE FUNCTION facts.issue_deleted(p_id bigint, p_at text, p_source text DEFAULT 'default') RETURNS void
LANGUAGE sql AS $$
    UPDATE jirasync.issues SET deleted_at = greatest(deleted_at, p_at::timestamptz)
    WHERE source = p_source AND issue_id = p_id;
    SELECT facts.touch('correlate_issue', p_source, p_id::text)
$$;

-- A commit with the keys its message names; landed NULL is not landed, parents NULL: the host did not tell. Its sha is the name, padded to 40 digits.
CREATE FUNCTION facts.sha(p_name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_name ~ '^[0-9a-f]{7,40}$' THEN rpad(p_name, 40, '0') ELSE left(md5(p_name) || md5(p_name), 40) END
$$;

CREATE FUNCTION facts.commit(
    p_name text, p_keys text[] DEFAULT '{}', landed text DEFAULT NULL, parents text[] DEFAULT '{}',
    reverts text[] DEFAULT NULL, p_author text DEFAULT 'Ada', p_repository text DEFAULT 'org/app',
    p_source text DEFAULT 'git', p_tenant text DEFAULT 'main') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO jirasync.commits AS c (tenant, source, repository, sha, parents, message, author, committed_at, landed_at,
                                  reverts)
    VALUES (p_tenant, p_source, p_repository, facts.sha(p_name),
            CASE WHEN parents IS NOT NULL THEN ARRAY(SELECT facts.sha(p) FROM unnest(parents) p) END,
            p_name || ' ' || array_to_string(p_keys, ' '), p_author, '2026-02-01 00:00Z', landed::timestamptz, reverts)
    ON CONFLICT ON CONSTRAINT commits_pkey DO UPDATE SET parents = coalesce(c.parents, excluded.parents),
        landed_at = excluded.landed_at, reverts = excluded.reverts, changed_seq = excluded.changed_seq;
    INSERT INTO jirasync.commit_keys (tenant, source, repository, sha, key, evidence)
    SELECT p_tenant, p_source, p_repository, facts.sha(p_name), k, 'message' FROM unnest(p_keys) k
    ON CONFLICT DO NOTHING;
    PERFORM facts.touch('correlate_commit', p_source, p_repository || '@' || facts.sha(p_name));
END
$$;

-- The place of commits on a branch; the branch becomes known with it.
CREATE FUNCTION facts.place(p_ref text, p_position int, p_names text[], p_repository text DEFAULT 'org/app',
                            p_source text DEFAULT 'git', p_tenant text DEFAULT 'main') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO jirasync.refs (tenant, source, repository, ref, kind, sha, seen_at, counted)
    VALUES (p_tenant, p_source, p_repository, p_ref, 'branch', facts.sha(p_names[1]), now(), true)
    ON CONFLICT ON CONSTRAINT refs_pkey DO UPDATE SET sha = excluded.sha;
    INSERT INTO jirasync.commit_refs (tenant, source, repository, ref, sha, position)
    SELECT p_tenant, p_source, p_repository, p_ref, facts.sha(n), p_position FROM unnest(p_names) n
    ON CONFLICT ON CONSTRAINT commit_refs_pkey DO UPDATE SET position = excluded.position;
    PERFORM facts.touch('correlate_commit', p_source, p_repository || '@' || facts.sha(n)) FROM unnest(p_names) n;
END
$$;

-- Claims up to p_most of what was touched, as a worker claims jobs.
CREATE FUNCTION facts.claim(p_most int DEFAULT 1000000, p_tenant text DEFAULT 'main') RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
    v_ids bigint[];
BEGIN
    WITH taken AS (
        DELETE FROM facts.touched t
        WHERE (t.kind, t.source, t.key) IN (
            SELECT kind, source, key FROM facts.touched ORDER BY random() LIMIT p_most FOR UPDATE SKIP LOCKED)
        RETURNING t.*
    ), job AS (
        INSERT INTO jirasync.jobs (tenant, kind, source, key, state, lease_token, lease_expires_at, leased_by)
        SELECT p_tenant, t.kind, t.source, t.key, 'running', 1, now() + interval '1 hour', 'test' FROM taken t
        RETURNING id
    )
    SELECT coalesce(array_agg(id ORDER BY id), '{}') INTO v_ids FROM job;
    RETURN v_ids;
END
$$;

-- Runs correlate() over the claimed jobs; returns the derived rows changed.
CREATE FUNCTION facts.correlate(p_ids bigint[], p_run text DEFAULT NULL, p_tenant text DEFAULT 'main')
RETURNS integer LANGUAGE sql AS $$
    SELECT jirasync.correlate(p_tenant, p_run, p_ids, ARRAY(SELECT 1::bigint FROM unnest(p_ids)))
$$;

CREATE FUNCTION facts.settle(p_most int DEFAULT 1000000, p_run text DEFAULT NULL, p_tenant text DEFAULT 'main')
RETURNS integer LANGUAGE sql AS $$
    SELECT facts.correlate(facts.claim(p_most, p_tenant), p_run, p_tenant)
$$;
