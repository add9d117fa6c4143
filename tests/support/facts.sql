-- Writes facts as the store and the import do, for tests of what is derived from them: schema facts.
--
-- Each function asks for the job that its facts need; facts.settle() runs correlate() over those jobs, as a worker would.
CREATE SCHEMA facts;
SET search_path = jirasync, facts, public;

CREATE FUNCTION facts.touch(p_kind text, p_source text, p_key text, p_tenant text DEFAULT 'main') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM jirasync.enqueue_jobs(p_tenant, ARRAY[p_kind], ARRAY[p_source], ARRAY[p_key]);
END
$$;

-- The id of the project that bears a key from the start: another one for each key.
CREATE FUNCTION facts.project(p_key text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_key = 'APP' THEN 10000 ELSE 10001 + (hashtext(p_key) & 65535) END
$$;

-- One event of an issue, in the normal form that the receiver passes to the store.
CREATE TYPE facts.event AS (
    tenant text, source text, delivery text, id bigint, key text, told timestamptz, at timestamptz, created timestamptz,
    whole boolean, deletes boolean, versions bigint[], names text[], added bigint[], removed bigint[], old_keys text[],
    project bigint, project_key text, parent bigint, parent_key text, type text, level int, resolution text, labels text[],
    name text);

-- Stores events as one batch; raises where one is refused.
CREATE FUNCTION facts.store(p_events facts.event[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_refused  text;
BEGIN
    SELECT string_agg(s.outcome, ' ') FILTER (WHERE s.outcome NOT IN ('applied', 'stale', 'duplicate')) INTO v_refused
    FROM (SELECT array_agg(e.tenant) AS tenant, array_agg(e.source) AS source, array_agg(e.delivery) AS delivery,
                 array_agg(to_json(e.*)::text::bytea) AS body, array_agg(e.id) AS id, array_agg(e.key) AS key,
                 array_agg(e.told) AS told, array_agg(e.at) AS at, array_agg(e.created) AS created,
                 array_agg(e.whole) AS whole, array_agg(e.deletes) AS deletes,
                 array_agg(e.versions::text) AS versions, array_agg(e.names::text) AS names,
                 array_agg(e.added::text) AS added, array_agg(e.removed::text) AS removed,
                 array_agg(e.old_keys::text) AS old_keys, array_agg(e.labels::text) AS labels,
                 array_agg(e.project) AS project, array_agg(e.project_key) AS project_key,
                 array_agg('Project ' || e.project_key) AS project_name, array_agg(e.parent) AS parent,
                 array_agg(e.parent_key) AS parent_key, array_agg(e.type) AS type, array_agg(e.level) AS level,
                 array_agg(e.resolution) AS resolution, array_agg('Summary of ' || e.id) AS summary,
                 array_fill(NULL::text, ARRAY[count(*)::int]) AS none,
                 array_fill(0, ARRAY[count(*)::int]) AS zero,
                 array_fill(now(), ARRAY[count(*)::int]) AS received,
                 array_fill('jira'::text, ARRAY[count(*)::int]) AS kind,
                 array_agg(e.name) AS event
          FROM unnest(p_events) e) a
    CROSS JOIN LATERAL jirasync.store_deliveries(
        p_tenant => a.tenant, p_source => a.source, p_kind => a.kind, p_delivery_id => a.delivery, p_event => a.event,
        p_received_at => a.received, p_attempt => a.zero, p_altered => a.zero,
        p_body => a.body, p_storable => a.none, p_content_type => a.none, p_matched_secret => a.none,
        p_reason => a.none, p_detail => a.none, p_sqlstate => a.none, p_event_at => a.told, p_issue_id => a.id,
        p_issue_key => a.key, p_project_id => a.project, p_project_key => a.project_key,
        p_project_name => a.project_name, p_summary => a.summary, p_issue_type => a.type,
        p_hierarchy_level => a.level, p_parent_id => a.parent, p_parent_key => a.parent_key, p_status => a.none,
        p_status_category => a.none, p_resolution => a.resolution, p_resolved_at => a.none::timestamptz[],
        p_priority => a.none, p_assignee => a.none, p_assignee_name => a.none, p_created_at => a.created,
        p_updated_at => a.at, p_is_whole => a.whole, p_is_delete => a.deletes, p_version_ids => a.versions,
        p_version_names => a.names, p_labels => a.labels, p_components => a.none, p_old_keys => a.old_keys,
        p_added_ids => a.added, p_removed_ids => a.removed) s;
    IF v_refused IS NOT NULL THEN
        RAISE EXCEPTION 'the store refused: %', v_refused;
    END IF;
END
$$;

-- versions and the changelog's added and removed are ids; names are by id.
CREATE FUNCTION facts.event(
    p_id bigint, p_key text, p_at text, versions bigint[] DEFAULT '{}', names text[] DEFAULT NULL,
    added bigint[] DEFAULT '{}', removed bigint[] DEFAULT '{}', parent bigint DEFAULT NULL,
    parent_key text DEFAULT NULL, type text DEFAULT 'Story', level int DEFAULT 0, resolution text DEFAULT NULL,
    project bigint DEFAULT NULL, project_key text DEFAULT NULL, created text DEFAULT '2026-01-01 00:00Z',
    labels text[] DEFAULT '{}', source text DEFAULT 'default', tenant text DEFAULT 'main', delivery text DEFAULT NULL,
    told text DEFAULT NULL, whole boolean DEFAULT true, deletes boolean DEFAULT false,
    old_keys text[] DEFAULT '{}', name text DEFAULT 'jira:issue_updated') RETURNS facts.event LANGUAGE plpgsql AS $$
BEGIN
    RETURN (tenant, source, coalesce(delivery, 'd-' || p_id || '-' || p_at), p_id, p_key, coalesce(told, p_at)::timestamptz,
            p_at::timestamptz, created::timestamptz, whole, deletes, versions,
            coalesce(names, ARRAY(SELECT '1.' || v FROM unnest(versions) v)), added, removed, old_keys,
            coalesce(project, facts.project(coalesce(project_key, rtrim(rtrim(p_key, '0123456789'), '-')))),
            coalesce(project_key, rtrim(rtrim(p_key, '0123456789'), '-')), parent, parent_key, type, level, resolution,
            labels, name)::facts.event;
END
$$;

-- One whole event of an issue, stored by itself.
CREATE FUNCTION facts.issue(
    p_id bigint, p_key text, p_at text, versions bigint[] DEFAULT '{}', names text[] DEFAULT NULL,
    added bigint[] DEFAULT '{}', removed bigint[] DEFAULT '{}', parent bigint DEFAULT NULL,
    parent_key text DEFAULT NULL, type text DEFAULT 'Story', level int DEFAULT 0, resolution text DEFAULT NULL,
    project bigint DEFAULT NULL, project_key text DEFAULT NULL, created text DEFAULT '2026-01-01 00:00Z',
    labels text[] DEFAULT '{}', source text DEFAULT 'default', tenant text DEFAULT 'main',
    delivery text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM facts.store(ARRAY[facts.event(
        p_id, p_key, p_at, versions, names, added, removed, parent, parent_key, type, level, resolution, project,
        project_key, created, labels, source, tenant, delivery)]);
END
$$;

-- An answer of Jira's REST API that showed the issue at p_told.
CREATE FUNCTION facts.fetched(p_id bigint, p_key text, p_at text, p_told text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM facts.store(ARRAY[facts.event(p_id, p_key, p_at, told => p_told, delivery => 'f-' || p_id || '-' || p_told,
                                          name => 'jirasync:issue_fetched')]);
END
$$;

-- An event that deletes the issue as it is stored.
CREATE FUNCTION facts.issue_deleted(p_id bigint, p_at text, p_source text DEFAULT 'default') RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_issue  jirasync.issues;
BEGIN
    SELECT * INTO v_issue FROM jirasync.issues i WHERE i.source = p_source AND i.issue_id = p_id;
    PERFORM facts.store(ARRAY[facts.event(
        p_id, coalesce(v_issue.issue_key, 'APP-' || p_id), coalesce(v_issue.updated_at::text, p_at), v_issue.version_ids,
        v_issue.fix_versions, level => v_issue.hierarchy_level, source => p_source, told => p_at, deletes => true,
        project => v_issue.project_id, project_key => v_issue.project_key, parent => v_issue.parent_id,
        delivery => 'deleted-' || p_id || '-' || p_at || '-' || md5(v_issue::text))]);
END
$$;

-- One event of an entity other than an issue, stored by itself; returns its outcome. p_mark is an enum normal_mark.
CREATE FUNCTION facts.entity(
    p_kind text, p_id text, p_at text, p_shown jsonb DEFAULT '{}', p_mark int DEFAULT 0, p_issue bigint DEFAULT NULL,
    p_text text DEFAULT NULL, p_author text DEFAULT NULL, p_updated text DEFAULT NULL, p_seconds bigint DEFAULT NULL,
    p_from bigint DEFAULT NULL, p_to bigint DEFAULT NULL, p_merged_into bigint DEFAULT NULL,
    p_delivery text DEFAULT NULL, p_source text DEFAULT 'default', p_tenant text DEFAULT 'main') RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    v_body  text := json_build_object('timestamp', p_at, 'mark', p_mark, 'to', p_merged_into, 'text', p_text,
                                      'id', p_id, p_kind, p_shown);
BEGIN
    RETURN (
        SELECT s.outcome FROM jirasync.store_deliveries(
            p_tenant => ARRAY[p_tenant], p_source => ARRAY[p_source], p_kind => ARRAY['jira'],
            p_delivery_id => ARRAY[coalesce(p_delivery, md5(v_body))], p_event => ARRAY[p_kind || '_event'],
            p_received_at => ARRAY[now()], p_attempt => ARRAY[0], p_altered => ARRAY[0], p_body => ARRAY[v_body::bytea],
            p_storable => ARRAY[NULL], p_content_type => ARRAY[NULL], p_matched_secret => ARRAY[NULL],
            p_reason => ARRAY[NULL], p_detail => ARRAY[NULL], p_sqlstate => ARRAY[NULL],
            p_event_at => ARRAY[p_at::timestamptz], p_issue_id => ARRAY[p_issue], p_issue_key => ARRAY[NULL],
            p_project_id => ARRAY[NULL::bigint], p_project_key => ARRAY[NULL], p_project_name => ARRAY[NULL],
            p_summary => ARRAY[NULL], p_issue_type => ARRAY[NULL], p_hierarchy_level => ARRAY[NULL::int],
            p_parent_id => ARRAY[NULL::bigint], p_parent_key => ARRAY[NULL], p_status => ARRAY[NULL],
            p_status_category => ARRAY[NULL], p_resolution => ARRAY[NULL], p_resolved_at => ARRAY[NULL::timestamptz],
            p_priority => ARRAY[NULL], p_assignee => ARRAY[NULL], p_assignee_name => ARRAY[NULL],
            p_created_at => ARRAY[NULL::timestamptz], p_updated_at => ARRAY[NULL::timestamptz],
            p_is_whole => ARRAY[false], p_is_delete => ARRAY[false], p_version_ids => ARRAY[NULL],
            p_version_names => ARRAY[NULL], p_labels => ARRAY[NULL], p_components => ARRAY[NULL],
            p_old_keys => ARRAY[NULL], p_added_ids => ARRAY[NULL], p_removed_ids => ARRAY[NULL],
            p_entity_place => ARRAY[1], p_entity_kind => ARRAY[p_kind], p_entity_id => ARRAY[p_id],
            p_entity_member => ARRAY[p_kind], p_entity_mark => ARRAY[p_mark], p_entity_issue_id => ARRAY[p_issue],
            p_entity_created_at => ARRAY[p_updated::timestamptz], p_entity_updated_at => ARRAY[p_updated::timestamptz],
            p_entity_started_at => ARRAY[NULL::timestamptz], p_entity_author => ARRAY[p_author],
            p_entity_text => ARRAY[p_text], p_entity_seconds_spent => ARRAY[p_seconds],
            p_entity_from_issue_id => ARRAY[p_from], p_entity_to_issue_id => ARRAY[p_to],
            p_entity_merged_into => ARRAY[p_merged_into]) s);
END
$$;

-- A commit as an import has it, with the keys its message names; landed NULL is not landed, parents NULL: the host did not tell. Its sha is the name, padded to 40 digits.
CREATE FUNCTION facts.sha(p_name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_name ~ '^[0-9a-f]{7,40}$' THEN rpad(p_name, 40, '0') ELSE left(md5(p_name) || md5(p_name), 40) END
$$;

CREATE FUNCTION facts.commit(
    p_name text, p_keys text[] DEFAULT '{}', landed text DEFAULT NULL, parents text[] DEFAULT '{}',
    reverts text[] DEFAULT NULL, p_author text DEFAULT 'Ada', p_repository text DEFAULT 'org/app',
    p_source text DEFAULT 'git', p_tenant text DEFAULT 'main') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO jirasync.commits AS c (tenant, source, repository, sha, parents, message, author, committed_at, landed_at,
                                  reverts, is_from_history)
    VALUES (p_tenant, p_source, p_repository, facts.sha(p_name),
            CASE WHEN parents IS NOT NULL THEN ARRAY(SELECT facts.sha(p) FROM unnest(parents) p) END,
            p_name || ' ' || array_to_string(p_keys, ' '), p_author, '2026-02-01 00:00Z', landed::timestamptz, reverts, true)
    ON CONFLICT ON CONSTRAINT commits_pkey DO UPDATE SET parents = coalesce(c.parents, excluded.parents),
        landed_at = excluded.landed_at, reverts = excluded.reverts, is_from_history = true, changed_seq = excluded.changed_seq;
    INSERT INTO jirasync.commit_keys (tenant, source, repository, sha, key, evidence)
    SELECT p_tenant, p_source, p_repository, facts.sha(p_name), k, 'message' FROM unnest(p_keys) k
    ON CONFLICT DO NOTHING;
    PERFORM facts.touch('correlate_commit', p_source, p_repository || '@' || facts.sha(p_name), p_tenant);
    PERFORM facts.touch('correlate_commit', p_source, p_repository || '^*', p_tenant)
    WHERE jirasync.is_told_of(p_tenant, p_source, p_repository);
END
$$;

-- One git host's delivery, given as the document that it is reduced to (members that are left out are what the host does
-- not tell); returns its outcome.
CREATE FUNCTION facts.git(
    p_document jsonb, p_delivery text DEFAULT NULL, p_received timestamptz DEFAULT now(), p_body text DEFAULT NULL,
    p_is_replay boolean DEFAULT false, p_source text DEFAULT 'git', p_tenant text DEFAULT 'main') RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    v_document jsonb := jsonb_build_object('repository', 'org/app', 'changes', '[]'::jsonb) || p_document;
    v_body     text := coalesce(p_body, p_document::text);
BEGIN
    IF p_document IS NOT NULL THEN
        v_document := jsonb_set(v_document, '{changes}', coalesce((
            SELECT jsonb_agg(jsonb_build_object('kind', 'branch', 'is_notice', false, 'is_forced', false, 'is_whole', true,
                                                'branch_keys', '[]'::jsonb) || c.value
                             || jsonb_build_object('commits', coalesce((
                SELECT jsonb_agg(jsonb_build_object('message', '', 'is_known_elsewhere', false, 'is_merge_named', false,
                                                    'keys', '[]'::jsonb, 'refused', '[]'::jsonb) || l.value ORDER BY l.place)
                FROM jsonb_array_elements(c.value -> 'commits') WITH ORDINALITY l (value, place)), '[]')) ORDER BY c.place)
            FROM jsonb_array_elements(v_document -> 'changes') WITH ORDINALITY c (value, place)), '[]'));
    END IF;
    RETURN (
        SELECT s.outcome FROM jirasync.store_deliveries(
            p_tenant => ARRAY[p_tenant], p_source => ARRAY[p_source], p_kind => ARRAY['github'],
            p_delivery_id => ARRAY[coalesce(p_delivery, md5(v_body))], p_event => ARRAY['push'],
            p_received_at => ARRAY[p_received], p_attempt => ARRAY[0], p_altered => ARRAY[0],
            p_body => ARRAY[convert_to(v_body, 'UTF8')],
            p_storable => ARRAY[NULL], p_content_type => ARRAY[NULL], p_matched_secret => ARRAY[NULL],
            p_reason => ARRAY[NULL], p_detail => ARRAY[NULL], p_sqlstate => ARRAY[NULL],
            p_event_at => ARRAY[NULL::timestamptz], p_issue_id => ARRAY[NULL::bigint], p_issue_key => ARRAY[NULL],
            p_project_id => ARRAY[NULL::bigint], p_project_key => ARRAY[NULL], p_project_name => ARRAY[NULL],
            p_summary => ARRAY[NULL], p_issue_type => ARRAY[NULL], p_hierarchy_level => ARRAY[NULL::int],
            p_parent_id => ARRAY[NULL::bigint], p_parent_key => ARRAY[NULL], p_status => ARRAY[NULL],
            p_status_category => ARRAY[NULL], p_resolution => ARRAY[NULL], p_resolved_at => ARRAY[NULL::timestamptz],
            p_priority => ARRAY[NULL], p_assignee => ARRAY[NULL], p_assignee_name => ARRAY[NULL],
            p_created_at => ARRAY[NULL::timestamptz], p_updated_at => ARRAY[NULL::timestamptz],
            p_is_whole => ARRAY[false], p_is_delete => ARRAY[false], p_version_ids => ARRAY[NULL],
            p_version_names => ARRAY[NULL], p_labels => ARRAY[NULL], p_components => ARRAY[NULL],
            p_old_keys => ARRAY[NULL], p_added_ids => ARRAY[NULL], p_removed_ids => ARRAY[NULL],
            p_is_replay => ARRAY[p_is_replay], p_git => ARRAY[v_document::text]) s);
END
$$;

-- The place of commits on a branch as an import has it, the first of them on its line; the branch becomes known with it.
CREATE FUNCTION facts.place(p_ref text, p_position int, p_names text[], p_repository text DEFAULT 'org/app',
                            p_source text DEFAULT 'git', p_tenant text DEFAULT 'main') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM jirasync.lock_correlation(p_tenant);
    INSERT INTO jirasync.refs (tenant, source, repository, ref, kind, sha, seen_at, counted, imported_sha, imported_at, counted_to)
    VALUES (p_tenant, p_source, p_repository, p_ref, 'branch', facts.sha(p_names[1]), now(), true, facts.sha(p_names[1]),
            now(), 2147483647)
    ON CONFLICT ON CONSTRAINT refs_pkey DO UPDATE SET sha = excluded.sha, deleted_at = NULL, uncertain = false,
        seen_at = excluded.seen_at, imported_sha = excluded.imported_sha, imported_at = excluded.imported_at,
        parent_ref = NULL, fork_position = NULL, imported_parent_ref = NULL, imported_fork_position = NULL,
        base_sha = NULL, is_fork_guessed = false, life_at = '-infinity', depends_on = '{}', derived_to = NULL;
    -- as an import does: nothing is set aside of what it has read, and pushes are looked at again
    DELETE FROM jirasync.refs r WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = p_ref || '~';
    DELETE FROM jirasync.commit_refs r
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = p_ref || '~';
    INSERT INTO jirasync.commit_refs (tenant, source, repository, ref, sha, position, on_line)
    SELECT p_tenant, p_source, p_repository, p_ref, facts.sha(n), p_position, n = p_names[1] FROM unnest(p_names) n
    ON CONFLICT ON CONSTRAINT commit_refs_pkey DO UPDATE SET position = excluded.position, on_line = excluded.on_line,
        is_pushed = false, bears_name = false;
    PERFORM facts.touch('correlate_commit', p_source, p_repository || '@' || facts.sha(n), p_tenant)
    FROM (SELECT u.n FROM unnest(p_names) u (n) ORDER BY facts.sha(u.n) COLLATE "C") o;
    PERFORM facts.touch('correlate_commit', p_source, p_repository || '^*', p_tenant)
    WHERE jirasync.is_told_of(p_tenant, p_source, p_repository);
END
$$;

-- Claims up to p_most of the correlation jobs, as a worker does, but in any order and whether due or not.
CREATE FUNCTION facts.claim(p_most int DEFAULT 1000000, p_tenant text DEFAULT 'main') RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
    v_ids   bigint[];
    v_salt  text := random()::text; -- (one number, so that a seed chooses the same ones whatever order they are read in)
BEGIN
    WITH due AS (
        SELECT j.id FROM jirasync.jobs j
        WHERE j.tenant = p_tenant AND j.kind IN ('correlate_issue', 'correlate_commit') AND j.state = 'available'
        ORDER BY md5(j.kind || j.source || j.key || v_salt) LIMIT p_most FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE jirasync.jobs j SET state = 'running', lease_token = 1, lease_expires_at = now() + interval '1 hour',
                                   leased_by = 'test'
        FROM due WHERE j.tenant = p_tenant AND j.id = due.id
        RETURNING j.id
    )
    SELECT coalesce(array_agg(t.id ORDER BY t.id), '{}') INTO v_ids FROM taken t;
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
