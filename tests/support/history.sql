-- Random histories of issues, commits and pushes, over the functions of facts.sql.
CREATE FUNCTION facts.roll(p_sides int) RETURNS int LANGUAGE sql AS $$ SELECT floor(random() * p_sides)::int $$;

CREATE FUNCTION facts.some_versions(p_share float) RETURNS bigint[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT v::bigint FROM generate_series(10, 13) v WHERE random() < p_share ORDER BY random())
$$;

-- Few instants, few keys, few names: so that ties, contested keys and renamed versions are common.
CREATE SEQUENCE facts.delivery;
CREATE FUNCTION facts.random_event() RETURNS facts.event LANGUAGE plpgsql AS $$
DECLARE
    v_id        bigint := 1 + facts.roll(10);
    v_versions  bigint[] := facts.some_versions(0.4);
    v_project   int := facts.roll(2);
    v_key       text := (ARRAY['APP', 'OPS', 'APX'])[1 + v_project + facts.roll(2)];
    v_minute    int := facts.roll(30);
BEGIN
    RETURN facts.event(
        v_id,
        v_key || '-' || CASE facts.roll(4) WHEN 0 THEN 1 + facts.roll(10) ELSE v_id END,
        facts.minute(v_minute), v_versions,
        ARRAY(SELECT '1.' || v || (ARRAY['', '', '-rc', '.0'])[1 + facts.roll(4)] FROM unnest(v_versions) v),
        facts.some_versions(0.2), facts.some_versions(0.2),
        parent => CASE facts.roll(2) WHEN 0 THEN 1 + facts.roll(10) END,
        parent_key => 'APP-' || facts.roll(10), level => facts.roll(3) - 1, project => 10000 + v_project,
        project_key => v_key,
        delivery => 'd' || v_id || '-' || nextval('facts.delivery'),
        told => CASE facts.roll(3) WHEN 0 THEN facts.minute(v_minute + facts.roll(5)) END, whole => facts.roll(8) > 0,
        old_keys => CASE facts.roll(6) WHEN 0 THEN ARRAY['APP-' || facts.roll(10)] END);
END
$$;

CREATE FUNCTION facts.minute(p_minute int) RETURNS text LANGUAGE sql AS $$
    SELECT '2026-03-01 00:' || lpad(p_minute::text, 2, '0') || 'Z'
$$;

-- An event that repeats an issue as it is stored, or all but one thing, some time later or at the same instant.
CREATE FUNCTION facts.random_repeat() RETURNS facts.event LANGUAGE plpgsql AS $$
DECLARE
    v_issue  jirasync.issues;
    v_event  facts.event := facts.random_event();
    v_other  int := facts.roll(16);
BEGIN
    SELECT * INTO v_issue FROM jirasync.issues i
    ORDER BY i.issue_id OFFSET facts.roll((SELECT count(*)::int FROM jirasync.issues)) LIMIT 1;
    IF v_issue.issue_id IS NULL OR v_other = 0 THEN
        RETURN v_event;
    END IF;
    v_event.id := v_issue.issue_id;
    v_event.whole := facts.roll(4) > 0;
    v_event.at := v_issue.updated_at + facts.roll(4) * interval '1 minute';
    v_event.told := v_event.at + (facts.roll(5) - 2) * interval '1 minute';
    IF v_other <> 1 THEN v_event.key := v_issue.issue_key; END IF;
    IF v_other <> 2 THEN v_event.versions := v_issue.version_ids; END IF;
    IF v_other <> 3 THEN v_event.names := ARRAY(
        SELECT coalesce(v.name, '1.' || u.id) FROM unnest(v_event.versions) WITH ORDINALITY u (id, n)
        LEFT JOIN jirasync.versions v ON v.version_id = u.id ORDER BY u.n);
    END IF;
    IF v_other <> 4 THEN v_event.added := '{}'; END IF;
    IF v_other <> 5 THEN v_event.removed := '{}'; END IF;
    IF v_other <> 6 THEN v_event.project := v_issue.project_id; END IF;
    IF v_other <> 7 THEN v_event.project_key := coalesce((
        SELECT p.project_key FROM jirasync.projects p WHERE p.project_id = v_event.project), v_event.project_key);
    END IF;
    IF v_other <> 8 THEN v_event.parent := v_issue.parent_id; END IF;
    IF v_other <> 9 THEN v_event.parent_key := v_issue.parent_key; END IF;
    IF v_other <> 10 THEN v_event.old_keys := '{}'; END IF;
    v_event.key := v_event.project_key || substring(v_event.key FROM '-[0-9]+$');
    RETURN v_event;
END
$$;

-- A batch of one to three events.
CREATE FUNCTION facts.random_issues() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM facts.store(ARRAY(
        SELECT CASE WHEN facts.roll(8) > 0 THEN facts.random_repeat() ELSE facts.random_event() END
        FROM generate_series(1, 1 + facts.roll(3))));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
    -- as the store's caller does, but with other events
    PERFORM facts.random_issues();
END
$$;

-- Names of eight digits that differ in the last two: seven digits of a sha often fit several commits.
CREATE FUNCTION facts.random_name() RETURNS text LANGUAGE sql AS $$
    SELECT 'abcdef' || lpad(to_hex(facts.roll(24)), 2, '0')
$$;

CREATE FUNCTION facts.random_repository() RETURNS text LANGUAGE sql AS $$
    SELECT (ARRAY['org/app', 'org/app', 'org/lib'])[1 + facts.roll(3)]
$$;

CREATE FUNCTION facts.random_commit() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM facts.commit(
        facts.random_name(),
        ARRAY(SELECT (ARRAY['APP', 'APP', 'OPS', 'UTF'])[1 + facts.roll(4)] || '-' || 1 + facts.roll(12)
              FROM generate_series(1, facts.roll(3))),
        CASE facts.roll(4) WHEN 0 THEN NULL ELSE '2026-03-02 00:' || lpad(facts.roll(60)::text, 2, '0') || 'Z' END,
        CASE facts.roll(4) WHEN 0 THEN NULL ELSE ARRAY(
            SELECT facts.random_name() FROM generate_series(1, facts.roll(3))) END,
        CASE facts.roll(2) WHEN 0 THEN ARRAY(
            SELECT left(facts.sha(facts.random_name()), (ARRAY[7, 8, 40])[1 + facts.roll(3)])
            FROM generate_series(1, 1 + facts.roll(2))) END,
        p_repository => facts.random_repository());
END
$$;

CREATE FUNCTION facts.random_branch() RETURNS text LANGUAGE sql AS $$
    SELECT (ARRAY['main', 'main', 'release/1', 'dev-APP-3'])[1 + facts.roll(4)]
$$;

-- Places as an import has them, which takes them away, too; read at one of the instants at which pushes come.
CREATE FUNCTION facts.random_placing() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_repository  text := facts.random_repository();
    v_ref         text := facts.random_branch();
    v_sha         text := facts.sha(facts.random_name());
    v_at          timestamptz := facts.minute(facts.roll(60));
BEGIN
    IF facts.roll(3) > 0 THEN
        PERFORM facts.place(v_ref, 1 + facts.roll(4),
                            ARRAY(SELECT DISTINCT facts.random_name() FROM generate_series(1, 3) ORDER BY 1), v_repository);
        UPDATE jirasync.refs SET seen_at = v_at, imported_at = v_at
        WHERE tenant = 'main' AND source = 'git' AND repository = v_repository AND ref = v_ref;
    ELSE
        DELETE FROM jirasync.commit_refs
        WHERE tenant = 'main' AND source = 'git' AND repository = v_repository AND sha = v_sha AND NOT is_pushed;
        PERFORM facts.touch('correlate_commit', 'git', v_repository || '@' || v_sha);
    END IF;
    PERFORM facts.touch('correlate_commit', 'git', v_repository || '^*') WHERE jirasync.is_told_of('main', 'git', v_repository);
END
$$;

-- Of parents those that a commit of that hash can have, for no history goes round in a ring; NULL where none can be.
CREATE FUNCTION facts.older(p_parents jsonb, p_sha text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_agg(u.parent ORDER BY u.place)
    FROM jsonb_array_elements_text(p_parents) WITH ORDINALITY u (parent, place) WHERE u.parent < p_sha $$;

-- A commit as a push lists it: parents told or not, a merge or not, taking back or picked from what may not be there.
CREATE FUNCTION facts.random_listed(p_name text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_parents  jsonb := facts.older(CASE facts.roll(2) WHEN 0 THEN (
        SELECT jsonb_agg(DISTINCT facts.sha(facts.random_name())) FROM generate_series(1, 1 + facts.roll(2))) END, facts.sha(p_name));
    v_keys     jsonb := (SELECT coalesce(jsonb_agg(DISTINCT 'APP-' || 1 + facts.roll(12)), '[]')
                         FROM generate_series(1, facts.roll(3)));
    v_merges   boolean := facts.roll(4) = 0;
    v_is_merge boolean := CASE WHEN v_parents IS NULL THEN v_merges ELSE jsonb_array_length(v_parents) > 1 END;
BEGIN
    RETURN jsonb_build_object(
        'sha', facts.sha(p_name), 'parents', v_parents, 'message', p_name || ' ' || v_keys, 'author', 'Ada',
        'committed_at', facts.minute(facts.roll(30)), 'is_known_elsewhere', facts.roll(3) = 0,
        'is_merge_named', v_merges, 'keys', v_keys, 'handed_keys', CASE WHEN v_is_merge THEN v_keys END,
        'picked_from', CASE facts.roll(8) WHEN 0 THEN facts.sha(facts.random_name()) END,
        'reverts', CASE facts.roll(4)
            WHEN 0 THEN jsonb_build_array(left(facts.sha(facts.random_name()), (ARRAY[7, 8, 40])[1 + facts.roll(3)]))
            WHEN 1 THEN jsonb_build_array('#' || 1 + facts.roll(3)) END);
END
$$;

-- What somebody pushes who was behind a branch and pulled: the second of the commits merges what was there.
CREATE FUNCTION facts.random_pull(p_names text[], p_before text) RETURNS jsonb[] LANGUAGE plpgsql AS $$
BEGIN
    RETURN ARRAY(
        SELECT facts.random_listed(u.n) || jsonb_build_object('parents', facts.older(CASE u.place
            WHEN 1 THEN jsonb_build_array(facts.sha(facts.random_name()))
            WHEN 2 THEN jsonb_build_array(facts.sha(p_names[1]), p_before)
            ELSE jsonb_build_array(facts.sha(p_names[u.place - 1])) END, facts.sha(u.n)))
        FROM unnest(p_names) WITH ORDINALITY u (n, place) ORDER BY u.place);
END
$$;

-- A move of a branch or tag. Mostly it goes on from the tip that is known; at times from one that was missed.
CREATE FUNCTION facts.random_change(p_repository text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_is_tag  boolean := facts.roll(6) = 0;
    v_ref     text := CASE WHEN v_is_tag THEN 'v' || 1 + facts.roll(2) ELSE facts.random_branch() END;
    v_tip     text := (
        SELECT r.sha FROM jirasync.refs r
        WHERE r.tenant = 'main' AND r.source = 'git' AND r.repository = p_repository AND r.ref = v_ref
          AND r.deleted_at IS NULL);
    v_before  text := CASE facts.roll(6) WHEN 0 THEN facts.sha(facts.random_name()) WHEN 1 THEN NULL ELSE v_tip END;
    v_deletes boolean := v_before IS NOT NULL AND facts.roll(8) = 0;
    v_names   text[] := CASE WHEN v_is_tag OR v_deletes THEN '{}' ELSE ARRAY(
        SELECT n FROM (SELECT DISTINCT facts.random_name() AS n FROM generate_series(1, facts.roll(4))) d ORDER BY random()) END;
BEGIN
    IF facts.roll(10) = 0 THEN
        RETURN jsonb_build_object('ref', v_ref, 'kind', CASE WHEN v_is_tag THEN 'tag' ELSE 'branch' END, 'is_notice', true,
                                  'before', NULL, 'after', CASE facts.roll(2) WHEN 0 THEN '' END);
    END IF;
    RETURN jsonb_build_object(
        'ref', v_ref, 'kind', CASE WHEN v_is_tag THEN 'tag' ELSE 'branch' END, 'before', v_before,
        'after', CASE WHEN NOT v_deletes THEN facts.sha(coalesce(v_names[cardinality(v_names)], facts.random_name())) END,
        'peeled', CASE WHEN v_is_tag AND facts.roll(2) = 0 AND NOT v_deletes THEN facts.sha(facts.random_name()) END,
        'is_forced', v_before IS NOT NULL AND NOT v_deletes AND facts.roll(4) = 0,
        'base_ref', CASE facts.roll(8) WHEN 0 THEN facts.random_branch() END, 'is_whole', facts.roll(4) > 0,
        'branch_keys', CASE WHEN v_ref = 'dev-APP-3' THEN '["APP-3"]'::jsonb ELSE '[]'::jsonb END,
        'commits', CASE WHEN v_before IS NOT NULL AND cardinality(v_names) > 1 AND facts.roll(3) = 0
            THEN facts.random_pull(v_names, v_before)
            ELSE ARRAY(SELECT facts.random_listed(n) FROM unnest(v_names) WITH ORDINALITY u (n, place) ORDER BY place) END);
END
$$;

-- One in two was rebased and merged, where it can have been: what a push to its target listed is as many commits as it has.
CREATE FUNCTION facts.random_request(p_repository text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_push   jirasync.pushes;
    v_state  text := (ARRAY['open', 'open', 'merged', 'merged', 'closed'])[1 + facts.roll(5)];
    v_key    text := 'APP-' || 1 + facts.roll(12);
BEGIN
    IF facts.roll(2) = 0 THEN
        SELECT * INTO v_push FROM jirasync.pushes p
        WHERE p.tenant = 'main' AND p.source = 'git' AND p.repository = p_repository AND p.kind = 'branch'
          AND p.listed > 1 AND p.before IS NOT NULL AND p.is_whole AND NOT p.is_forced
        ORDER BY random() LIMIT 1;
        v_state := CASE WHEN v_push.after IS NULL THEN v_state ELSE 'merged' END;
    END IF;
    RETURN jsonb_build_object(
        'number', 1 + facts.roll(3), 'title', v_key || ' title', 'source_branch', facts.random_branch(),
        'target_branch', coalesce(v_push.ref, facts.random_branch()), 'state', v_state,
        'head_sha', CASE facts.roll(3) WHEN 0 THEN coalesce(v_push.after, facts.sha(facts.random_name()))
                                       ELSE facts.sha(facts.random_name()) END,
        'merge_sha', CASE WHEN v_state = 'merged' THEN coalesce(
            v_push.after, left(facts.sha(facts.random_name()), (ARRAY[12, 40, 40])[1 + facts.roll(3)])) END,
        'commit_count', CASE WHEN facts.roll(6) > 0 THEN coalesce(v_push.listed, 1 + facts.roll(3)) END,
        'merged_at', CASE WHEN v_state = 'merged' THEN facts.minute(facts.roll(30)) END,
        'updated_at', facts.minute(facts.roll(30)),
        'keys', CASE WHEN facts.roll(4) > 0 THEN jsonb_build_array(v_key) ELSE '[]' END, 'refused', '[]'::jsonb);
END
$$;

-- A pull request that was merged by a rebase, or by a fast-forward of which the host tells the merged commit as its newest, in
-- full or cut short, or none; told of before the push that brought it or after. Its commits are never merges.
CREATE FUNCTION facts.random_rebase(p_repository text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_ref      text := facts.random_branch();
    v_names    text[] := ARRAY(SELECT 'abcdee' || lpad(to_hex(n), 2, '0') FROM generate_series(0, 23) n ORDER BY random() LIMIT 2);
    v_last     text := facts.sha(v_names[2]);
    v_pull     jsonb := jsonb_build_object('repository', p_repository, 'pull_request', facts.random_request(p_repository)
        || jsonb_build_object('number', 4 + facts.roll(3), 'target_branch', v_ref, 'state', 'merged')
        || (ARRAY[jsonb_build_object('merge_sha', v_last, 'commit_count', 2),
                  jsonb_build_object('merge_sha', NULL, 'head_sha', v_last),
                  jsonb_build_object('merge_sha', left(v_last, 12), 'head_sha', left(v_last, 12))])[1 + facts.roll(3)]);
    v_push     jsonb := jsonb_build_object('repository', p_repository, 'changes', jsonb_build_array(jsonb_build_object(
        'ref', v_ref, 'kind', 'branch', 'before', coalesce((
            SELECT r.sha FROM jirasync.refs r
            WHERE r.tenant = 'main' AND r.source = 'git' AND r.repository = p_repository AND r.ref = v_ref
              AND r.deleted_at IS NULL), facts.sha(facts.random_name())),
        'after', v_last, 'commits', (
            SELECT jsonb_agg(jsonb_build_object('sha', facts.sha(n), 'message', n, 'author', 'Ada') ORDER BY place)
            FROM unnest(v_names) WITH ORDINALITY u (n, place)))));
    v_told     jsonb[] := CASE facts.roll(2) WHEN 0 THEN ARRAY[v_pull, v_push] ELSE ARRAY[v_push, v_pull] END;
BEGIN
    PERFORM facts.git(v_told[1], 'g-' || nextval('facts.delivery'), facts.minute(facts.roll(60))::timestamptz);
    PERFORM facts.git(v_told[2], 'g-' || nextval('facts.delivery'), facts.minute(facts.roll(60))::timestamptz);
END
$$;

-- A host's delivery, received at one of few instants whenever it comes; at times the default branch is another one.
CREATE FUNCTION facts.random_push() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_repository  text := facts.random_repository();
    v_document    jsonb := jsonb_build_object('repository', v_repository);
BEGIN
    IF facts.roll(12) = 0 THEN
        PERFORM facts.random_rebase(v_repository);
        RETURN;
    ELSIF facts.roll(4) = 0 THEN
        v_document := v_document || jsonb_build_object('pull_request', facts.random_request(v_repository));
    ELSE
        v_document := v_document || jsonb_build_object(
            'changes', ARRAY(SELECT facts.random_change(v_repository) FROM generate_series(1, 1 + facts.roll(2))));
    END IF;
    IF facts.roll(3) = 0 THEN
        v_document := v_document || jsonb_build_object(
            'default_branch', (ARRAY['main', 'main', 'main', 'dev-APP-3'])[1 + facts.roll(4)]);
    END IF;
    PERFORM facts.git(v_document, 'g-' || nextval('facts.delivery'), facts.minute(facts.roll(60))::timestamptz);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
    PERFORM facts.random_push();
END
$$;

-- What is told of a version by itself: another name, its deletion, at times into another version.
CREATE FUNCTION facts.random_version() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_id       int := 10 + facts.roll(4);
    v_deletes  boolean := facts.roll(8) = 0;
BEGIN
    PERFORM facts.entity(
        'version', v_id::text, facts.minute(facts.roll(60)),
        jsonb_build_object('name', '1.' || v_id || (ARRAY['', '-rc', '.0'])[1 + facts.roll(3)], 'projectId', 10000 + facts.roll(2)),
        v_deletes::int, p_merged_into => CASE WHEN v_deletes AND facts.roll(2) = 0 THEN 10 + facts.roll(4) END);
END
$$;

-- A person waives an issue, or takes that back.
CREATE FUNCTION facts.random_waiver() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_key  text := (SELECT i.issue_key FROM jirasync.issues i WHERE i.deleted_at IS NULL AND i.issue_id > facts.roll(10)
                    ORDER BY i.issue_id LIMIT 1);
BEGIN
    CASE
        WHEN v_key IS NULL THEN NULL;
        WHEN EXISTS (SELECT FROM jirasync.issue_waivers w
                     WHERE w.issue_id = (jirasync.find_issue('main', v_key, NULL)).issue_id) THEN
            PERFORM jirasync.unwaive_issue(v_key);
        ELSE PERFORM jirasync.waive_issue(v_key, 'no code', 'Ada');
    END CASE;
EXCEPTION WHEN object_not_in_prerequisite_state OR no_data_found THEN
    NULL;
END
$$;

CREATE FUNCTION facts.random_fact() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CASE
        -- a deletion is for ever: seldom, or no issue would be left
        WHEN facts.roll(80) = 0 THEN
            PERFORM facts.issue_deleted(1 + facts.roll(10), '2026-03-01 00:' || 10 + facts.roll(50) || 'Z');
        WHEN facts.roll(30) = 0 THEN PERFORM facts.random_version();
        WHEN facts.roll(30) = 0 THEN PERFORM facts.random_waiver();
        WHEN facts.roll(5) < 2 THEN PERFORM facts.random_issues();
        WHEN facts.roll(2) = 0 THEN PERFORM facts.random_push();
        WHEN facts.roll(4) = 0 THEN PERFORM facts.random_placing();
        ELSE PERFORM facts.random_commit();
    END CASE;
END
$$;

-- What git hosts and imports tell, and nothing of Jira: refs depend on one another far more often so.
CREATE FUNCTION facts.random_git_fact() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CASE
        WHEN facts.roll(5) > 0 THEN PERFORM facts.random_push();
        WHEN facts.roll(3) = 0 THEN PERFORM facts.random_placing();
        ELSE PERFORM facts.random_commit();
    END CASE;
END
$$;

-- Facts and correlation in turn, each in a transaction of its own, as the receiver and a worker have them.
CREATE PROCEDURE facts.live(p_steps int, p_of_git boolean DEFAULT false, p_run text DEFAULT NULL) LANGUAGE plpgsql AS $$
DECLARE
    v_ids bigint[];
BEGIN
    FOR n IN 1 .. p_steps LOOP
        IF facts.roll(2) > 0 THEN
            IF p_of_git THEN PERFORM facts.random_git_fact(); ELSE PERFORM facts.random_fact(); END IF;
            COMMIT;
        ELSE
            v_ids := facts.claim(1 + facts.roll(6));
            COMMIT;
            PERFORM facts.correlate(v_ids, p_run);
            COMMIT;
        END IF;
    END LOOP;
END
$$;

-- Lives on and asks the rebuild again and again, since a later event heals much; adds up what the rebuilds changed.
CREATE PROCEDURE facts.live_and_rebuild(
    p_seed float, p_rounds int, p_steps int, p_of_git boolean DEFAULT false, INOUT changed bigint DEFAULT 0)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM setseed(p_seed);
    FOR n IN 1 .. p_rounds LOOP
        CALL facts.live(p_steps, p_of_git);
        PERFORM facts.settle();
        COMMIT;
        changed := changed + jirasync.correlation_rebuild();
        COMMIT;
    END LOOP;
END
$$;

-- What the history of runs says otherwise than the views: the newest figures of a version, the last state of a story.
-- What no run has told of counts as none. Two versions of one name share their history, so those are left out.
CREATE VIEW facts.unkept AS
SELECT concat_ws(' ', 'version', c.project_key, c.fix_version, 'is kept as', h.figures, 'and is', c.figures) AS what
FROM (SELECT n.*, concat_ws('/', n.stories, n.with_commits, n.unmerged, n.reverted, n.not_expected) AS figures,
             count(*) OVER (PARTITION BY n.tenant, n.source, n.project_key, n.fix_version) AS bearers
      FROM jirasync.coverage_by_fix_version n) c
LEFT JOIN LATERAL (
    SELECT concat_ws('/', n.stories, n.with_commits, n.unmerged, n.reverted, n.not_expected) AS figures FROM jirasync.coverage_history n
    WHERE n.tenant = c.tenant AND n.source = c.source AND n.project_key = coalesce(c.project_key, '')
      AND n.fix_version = c.fix_version
    ORDER BY n.at DESC, n.run_id DESC LIMIT 1) h ON true
WHERE c.bearers = 1 AND c.figures IS DISTINCT FROM coalesce(h.figures, '0/0/0/0/0')
UNION ALL
SELECT concat_ws(' ', 'story', issue_id, 'is kept as', k.state, 'and is', c.state)
FROM jirasync.story_states k FULL JOIN jirasync.issue_coverage c USING (tenant, source, issue_id)
WHERE k.state IS DISTINCT FROM c.state;

-- Lives on in runs, closes each when all is correlated, and says what is kept wrong after it.
CREATE PROCEDURE facts.live_and_close(p_seed float, p_runs int, p_steps int, INOUT unkept text DEFAULT NULL)
LANGUAGE plpgsql AS $$
DECLARE
    v_run  text;
BEGIN
    PERFORM setseed(p_seed);
    FOR n IN 1 .. p_runs LOOP
        v_run := 'run-' || lpad(n::text, 3, '0');
        PERFORM jirasync.open_run('main', v_run, 'test', 'unknown', '{}', 3600000);
        COMMIT;
        CALL facts.live(p_steps, p_run => v_run);
        PERFORM facts.settle(p_run => v_run);
        COMMIT;
        PERFORM jirasync.close_run('main', v_run);
        COMMIT;
        unkept := (SELECT v_run || ': ' || string_agg(u.what, ', ') FROM facts.unkept u);
        EXIT WHEN unkept <> '';
    END LOOP;
END
$$;
