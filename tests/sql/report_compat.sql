-- `jirasync report --compat`: matched, missing, orphans and summary as other tools of this kind have them, on their own cases.
\set ECHO none
\ir ../support/facts.sql
\ir ../support/places.sql
\pset format unaligned
\pset tuples_only on
SET search_path = jirasync, facts, public;
SET timezone = 'UTC';
CREATE FUNCTION facts.compat(p_project text DEFAULT NULL, p_fix_version text DEFAULT NULL) RETURNS SETOF text LANGUAGE sql AS $$
    WITH c AS (SELECT jirasync.report_compat('main', p_project, p_fix_version)::jsonb AS d)
    SELECT 'matched ' || coalesce((
               SELECT string_agg(format('%s (%s): %s', m.v ->> 'story_key', coalesce(m.v ->> 'story_summary', 'null'),
                                        (SELECT string_agg(split_part(k.v ->> 'message', ' ', 1), ', ' ORDER BY k.n)
                                         FROM jsonb_array_elements(m.v -> 'commits') WITH ORDINALITY k (v, n))), '; ' ORDER BY m.n)
               FROM jsonb_array_elements(d -> 'matched') WITH ORDINALITY m (v, n)), 'none') FROM c
    UNION ALL
    SELECT 'missing ' || coalesce((SELECT string_agg(m.v ->> 'key', ', ' ORDER BY m.n)
                                   FROM jsonb_array_elements(d -> 'missing') WITH ORDINALITY m (v, n)), 'none') FROM c
    UNION ALL
    SELECT 'orphans ' || coalesce((SELECT string_agg(split_part(m.v ->> 'message', ' ', 1), ', ' ORDER BY m.n)
                                   FROM jsonb_array_elements(d -> 'orphans') WITH ORDINALITY m (v, n)), 'none') FROM c
    UNION ALL
    SELECT 'issues ' || (s ->> 'total_issues') || ', stories ' || (s ->> 'total_stories') || ', commits ' || (s ->> 'total_commits')
           || '; with ' || (s ->> 'stories_with_commits') || ', without ' || (s ->> 'stories_without_commits') || ', orphans '
           || (s ->> 'orphan_commits') || '; pairs ' || (s ->> 'matched_commits')
    FROM c CROSS JOIN LATERAL (SELECT d -> 'summary' AS s) x $$;
CREATE FUNCTION facts.key(p_name text, p_keys text[], p_evidence text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO jirasync.commit_keys (tenant, source, repository, sha, key, evidence, via)
    SELECT 'main', 'git', 'org/app', facts.sha(p_name), k, p_evidence, p_evidence FROM unnest(p_keys) k $$;
CREATE FUNCTION facts.afresh() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM jirasync.issues; DELETE FROM jirasync.issue_keys; DELETE FROM jirasync.issue_snapshots;
    DELETE FROM jirasync.commits; DELETE FROM jirasync.commit_keys; DELETE FROM jirasync.deliveries;
    DELETE FROM jirasync.project_keys; DELETE FROM jirasync.issue_fix_versions; DELETE FROM jirasync.versions;
    PERFORM jirasync.correlation_rebuild();
    DELETE FROM jirasync.jobs;
END
$$;
\set ECHO all
-- Two issues, a commit for one, a commit without a key: MOB-1 matched, MOB-2 missing, the refactor an orphan, two issues.
SELECT facts.issue(1, 'MOB-1', '2026-03-01 00:00Z', '{10}');
SELECT facts.issue(2, 'MOB-2', '2026-03-01 00:00Z', '{10}');
SELECT facts.commit('feat', '{MOB-1}', '2026-03-02 00:00Z');
SELECT facts.commit('refactor', '{}', '2026-03-02 00:00Z');
SELECT facts.settle() > 0;
SELECT facts.compat();
-- The golden: APP-1 by abc1234, APP-2 missing, def4567 an orphan: 2 stories, 2 commits, 1, 1, 1.
SELECT facts.afresh();
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{10}');
SELECT facts.issue(2, 'APP-2', '2026-03-01 00:00Z', '{10}');
SELECT facts.commit('abc1234', '{APP-1}', '2026-03-02 00:00Z');
SELECT facts.commit('def4567', '{}', '2026-03-02 00:00Z');
SELECT facts.settle() > 0;
SELECT facts.compat();
SELECT report_compat() -> 'matched';
SELECT report_compat() -> 'missing', report_compat() -> 'orphans';
-- Message, branch and title are a union; a list given by hand stands for all of them. No issue is missing, and of two issues
-- four have commits, since APP-9 and OPS-1 count as they stand.
SELECT facts.afresh();
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{10}');
SELECT facts.issue(2, 'APP-2', '2026-03-01 00:00Z', '{10}');
SELECT facts.commit('c1', '{APP-1}', '2026-03-02 00:00Z');
SELECT facts.key('c1', '{APP-2}', 'branch'), facts.key('c1', '{APP-9}', 'pull_request');
SELECT facts.commit('c2', '{}', '2026-03-02 00:00Z');
SELECT facts.commit('c3', '{APP-77}', '2026-03-02 00:00Z');
SELECT facts.key('c3', '{APP-2,OPS-1}', 'explicit');
SELECT facts.settle() > 0;
SELECT facts.compat();
-- "fix rc-101 and RC-102" on feature/rc-103-cleanup, its title "RC-104 fallback": all four, in that order.
SELECT facts.afresh();
SELECT facts.commit('c4', '{RC-101,RC-102}', '2026-03-02 00:00Z');
SELECT facts.key('c4', '{RC-103}', 'branch'), facts.key('c4', '{RC-104}', 'pull_request');
-- Given by hand RC-201 and APP-3, once each; keys of message, branch and title; of the message and the title alone.
SELECT facts.commit('c5', '{}', '2026-03-03 00:00Z'), facts.key('c5', '{RC-201,APP-3}', 'explicit');
SELECT facts.commit('c6', '{APP-10}', '2026-03-04 00:00Z'), facts.key('c6', '{APP-11}', 'branch'), facts.key('c6', '{APP-12}', 'pull_request');
SELECT facts.commit('c7', '{RC-400}', '2026-03-05 00:00Z'), facts.key('c7', '{RC-401}', 'pull_request');
SELECT facts.settle() >= 0;
SELECT facts.compat();
-- What is no issue hides an orphan there, as does what can be no key: UTF-8, APP-007, APP-12 of APP-12abc, PROJ-1 of
-- MY_PROJ-1; of a project PROJ_ nothing is a key. A list given by hand is taken as it stands.
SELECT facts.afresh();
SELECT facts.issue(7, 'APP-7', '2026-03-01 00:00Z', '{10}');
SELECT facts.issue(12, 'APP-12', '2026-03-01 00:00Z', '{10}');
SELECT facts.commit('utf', '{UTF-8}', '2026-03-02 00:00Z'), facts.commit('agent', '{}', '2026-03-02 00:00Z'),
       facts.commit('suffix', '{}', '2026-03-02 00:00Z'), facts.commit('plain', '{}', '2026-03-02 00:00Z'),
       facts.commit('under', '{MY_PROJ-1}', '2026-03-02 00:00Z'), facts.commit('bare', '{PROJ_-2}', '2026-03-02 00:00Z'),
       facts.commit('hand', '{}', '2026-03-02 00:00Z'), facts.key('hand', '{MY_PROJ-3}', 'explicit');
INSERT INTO refused_keys VALUES ('main', 'git', 'org/app', facts.sha('agent'), 'app-007', 'leading_zero'),
                                ('main', 'git', 'org/app', facts.sha('suffix'), 'APP-12abc', 'touches_right');
SELECT facts.settle() > 0;
SELECT facts.compat();
-- Reverts count, sub-tasks and epics are stories of their own, and what is on no branch counts too; but what a merge hands
-- down is no text of the commit's own, a commit that no ref holds any more is gone, and a deleted issue is none.
SELECT facts.afresh();
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{10}');
SELECT facts.issue(2, 'APP-2', '2026-03-01 00:00Z', '{10}', type => 'Sub-task', level => -1, parent => 1);
SELECT facts.issue(3, 'APP-3', '2026-03-01 00:00Z', '{10}', type => 'Epic', level => 1);
SELECT facts.issue(4, 'APP-4', '2026-03-01 00:00Z', '{11}');
SELECT facts.issue(5, 'APP-5', '2026-03-01 00:00Z', '{10}');
SELECT facts.issue(6, 'OPS-1', '2026-03-01 00:00Z', '{12}');
SELECT facts.commit('work', '{APP-1}', '2026-03-02 00:00Z'), facts.commit('undo', '{APP-1}', '2026-03-03 00:00Z', reverts => ARRAY[facts.sha('work')]);
SELECT facts.commit('draft', '{APP-4}'), facts.commit('lost', '{APP-3}'), facts.commit('merged', '{}', '2026-03-03 00:00Z'), facts.commit('late', '{APP-5}', '2026-03-03 00:00Z');
SELECT facts.key('merged', '{APP-2}', 'merge');
UPDATE commits SET is_unreachable = true WHERE sha = facts.sha('lost');
SELECT facts.issue_deleted(5, '2026-03-04 00:00Z');
SELECT facts.settle() > 0;
SELECT facts.compat();
-- A version or a project takes issues away; commits stay, whatever they name.
SELECT facts.compat(p_fix_version => '1.11');
SELECT facts.compat(p_project => 'OPS');
