-- The whole story of an issue, as explain_issue tells it.
\set ECHO none
\ir ../support/facts.sql
\ir ../support/places.sql
\pset format unaligned
\pset tuples_only on
SET search_path = jirasync, facts, public;
SET timezone = 'UTC';
CREATE FUNCTION facts.explained(p_key text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT concat_ws(' | ', e.step, e.subject, e.detail, to_char(e.at, 'YYYY-MM-DD HH24:MI'))
    FROM jirasync.explain_issue(p_key) e ORDER BY e.step $$;
\set SHOW_CONTEXT never
\set ECHO all
-- An epic with two stories, one of them with a sub-task. main has a merge of a branch, a release line has a pick.
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{}', type => 'Epic', level => 1);
SELECT facts.issue(2, 'APP-2', '2026-03-01 00:00Z', '{10}', parent => 1, created => '2026-02-20 00:00Z', labels => '{backend,till}');
SELECT facts.issue(3, 'APP-3', '2026-03-01 00:00Z', '{}', type => 'Sub-task', level => -1, parent => 2);
SELECT facts.issue(4, 'APP-4', '2026-03-01 00:00Z', '{10}', parent => 1);
SELECT facts.ref('main', 'undo');
SELECT facts.ref('release/1.0', 'pick', 'main', 2);
SELECT facts.ref('feature/APP-4', 'draft', 'main', 2, p_counted => false);
SELECT facts.ref('v1.0', 'pick', 'release/1.0', 3, 'tag');
SELECT facts.placed('one', 'main', 1, '2026-03-02 01:00Z');
SELECT facts.placed('part', 'main', 2, '2026-03-02 02:00Z', '{}', parents => '{one}', on_line => false, p_landed => '2026-03-03 01:00Z');
SELECT facts.placed('merge', 'main', 2, '2026-03-03 01:00Z', '{APP-2}', parents => '{one,part}');
SELECT facts.placed('step', 'main', 3, '2026-03-04 01:00Z', '{APP-3}', parents => '{merge}');
SELECT facts.placed('wrong', 'main', 4, '2026-03-05 01:00Z', '{APP-2}', parents => '{step}');
SELECT facts.placed('undo', 'main', 5, '2026-03-06 01:00Z', '{APP-2}', parents => '{wrong}', reverts => ARRAY[facts.sha('wrong')], p_author => 'Grace');
SELECT facts.placed('pick', 'release/1.0', 3, '2026-03-07 01:00Z', '{APP-3}', parents => '{merge}');
UPDATE commits SET picked_from = facts.sha('step') WHERE sha = facts.sha('pick');
SELECT facts.placed('draft', 'feature/APP-4', 3, '2026-03-08 01:00Z', '{APP-4}', parents => '{merge}');
-- The merge hands its key down, the branch that it merged bears it, and so does its pull request.
SELECT facts.ref('feature/APP-2-till', 'part', 'main', 1, p_counted => false);
UPDATE refs SET imported_keys = '{APP-2}', branch_keys = '{APP-2}' WHERE ref = 'feature/APP-2-till';
INSERT INTO commit_refs (tenant, source, repository, ref, sha, position, on_line, bears_name)
VALUES ('main', 'git', 'org/app', 'feature/APP-2-till', facts.sha('part'), 2, true, true);
UPDATE commits SET handed_keys = '{APP-2}' WHERE sha = facts.sha('merge');
INSERT INTO pull_requests (tenant, source, repository, number, title, keys, merge_sha)
VALUES ('main', 'git', 'org/app', 7, 'APP-2 The till', '{APP-2}', facts.sha('merge'));
SELECT facts.settle() > 0;
SELECT facts.explained('app-2');
SELECT facts.explained('APP-1');
SELECT facts.explained('APP-3');
SELECT facts.explained('APP-4');
-- It moves to another project and to another version, after the freeze; asked for by its former key.
UPDATE versions SET freeze_at = '2026-03-08 12:00Z' WHERE name = '1.10';
SELECT facts.issue(4, 'OPS-9', '2026-03-09 00:00Z', '{20}', project => 10001, parent => 1);
SELECT facts.issue(2, 'APP-2', '2026-03-10 00:00Z', '{11}', added => '{11}', removed => '{10}', parent => 1);
SELECT facts.issue(2, 'APP-2', '2026-03-11 00:00Z', '{11,10}', added => '{10}', parent => 1, labels => '{backend}');
SELECT facts.settle() > 0;
SELECT facts.explained('APP-4');
SELECT s FROM facts.explained('APP-2') s WHERE s LIKE '%scope%';
-- A waiver, an expired one, and rules: of this site, of another project.
SELECT waive_issue('OPS-9', 'done by the vendor', 'Grace', '2199-01-01 00:00Z');
UPDATE issue_waivers SET waived_at = '2026-03-11 00:00Z';
SELECT facts.settle() >= 0;
SELECT s FROM facts.explained('OPS-9') s WHERE s ~ 'state|waiver|rule';
UPDATE issue_waivers SET expires_at = '2026-03-12 00:00Z';
INSERT INTO coverage_rules (tenant, source, project_key, subject, pattern, verdict, note)
VALUES ('main', 'default', 'APP', 'label', 'back*', 'not_expected', 'no code of ours'), ('main', '', 'OPS', 'label', '*', 'not_expected', '');
SELECT s FROM facts.explained('OPS-9') s WHERE s ~ 'state|waiver|rule';
SELECT s FROM facts.explained('APP-2') s WHERE s ~ 'state|waiver|rule';
DELETE FROM coverage_rules WHERE tenant = 'main';
-- What nothing holds any more counts for nothing; a push that left commits out is said to be a gap.
UPDATE commits SET is_unreachable = true WHERE sha = facts.sha('draft');
DELETE FROM commit_refs WHERE sha = facts.sha('draft');
UPDATE issue_commits SET is_unreachable = true, counts = false WHERE sha = facts.sha('draft');
INSERT INTO pushes (tenant, source, repository, ref, kind, delivery_id, change, before, after, listed, total, is_whole, received_at)
VALUES ('main', 'git', 'org/app', 'main', 'branch', 'p1', 1, facts.sha('undo'), facts.sha('later'), 5, 9, false, '2026-04-02 00:00Z');
SELECT facts.explained('OPS-9');
-- Work that one of its branches took back counts on the others.
SELECT facts.ref('release/1.0', 'unmerge', 'main', 2);
SELECT facts.placed('unmerge', 'release/1.0', 4, '2026-03-09 01:00Z', parents => '{pick}', reverts => ARRAY[facts.sha('merge')]);
SELECT facts.settle() > 0;
SELECT s FROM facts.explained('APP-2') s WHERE s ~ 'reverted|counts|state';
-- A stub, a deleted issue, a key that another site has, too, and one that nobody knows.
INSERT INTO issues (tenant, source, issue_id, issue_key, is_stub, event, delivery_id, rank_updated, rank_timestamp, rank_sha256)
VALUES ('main', 'default', 8, 'APP-8', true, 'jira:issue_updated', 'fragment', '2026-03-04 00:00Z', '2026-03-04 00:00Z', '\x00');
INSERT INTO issue_keys VALUES ('main', 'default', 'APP-8', 8, '2026-03-04 00:00Z');
SELECT facts.explained('APP-8');
SELECT facts.issue_deleted(3, '2026-03-12 00:00Z');
SELECT facts.issue(50, 'APP-4', '2026-03-01 00:00Z', source => 'other');
SELECT facts.issue(51, 'APP-2', '2026-03-01 00:00Z', source => 'other');
SELECT facts.settle() > 0;
SELECT s FROM facts.explained('APP-3') s WHERE s ~ 'state|issue|commits';
-- (Those are the commits that APP-3 had: not by its id any more, but people who ask why want to hear of them.)
SELECT left(sha, 12), reason FROM commits_without_story WHERE message ~ 'APP-3' ORDER BY landed_at;
SELECT s FROM facts.explained('APP-2') s WHERE s ~ '\| (state|issue|is|key|not known) \|';
SELECT s FROM facts.explained('APP-4') s WHERE s ~ '\| (state|issue|is|key|not known) \|';
SELECT * FROM explain_issue('APP-99');
SELECT * FROM explain_issue('APP-2', 'guest');
