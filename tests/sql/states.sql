-- Why a story is in its state, what rolls up to epics, and what came after a version's freeze.
\set ECHO none
\ir ../support/facts.sql
\ir ../support/places.sql
\pset format unaligned
\pset tuples_only on
SET search_path = jirasync, facts, public;
SET timezone = 'UTC';
CREATE FUNCTION facts.states() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT issue_key || ': ' || state || ' (' || reason || ')' FROM jirasync.story_coverage
    ORDER BY jirasync.version_sort_key(issue_key) COLLATE "C", source $$;
CREATE FUNCTION facts.epics() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format('%s: %s of %s (%s %%), %s missing, %s unmerged, %s reverted, %s not expected', issue_key, with_commits, stories,
                  percent, missing, unmerged, reverted, not_expected) FROM jirasync.epic_coverage ORDER BY issue_key $$;
CREATE FUNCTION facts.frozen() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT concat_ws(' ', fix_version, issue_key, state, CASE WHEN landed_after_freeze THEN 'landed late' END,
                     CASE WHEN added_after_freeze THEN 'added late' END)
    FROM jirasync.version_stories ORDER BY fix_version, issue_key $$;
\set ECHO all
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{10}');
SELECT facts.issue(2, 'APP-2', '2026-03-01 00:00Z', '{10}');
SELECT facts.issue(3, 'APP-3', '2026-03-01 00:00Z', '{10}');
SELECT facts.issue(4, 'APP-4', '2026-03-01 00:00Z', '{10}');
SELECT facts.issue(5, 'APP-5', '2026-03-01 00:00Z', '{10,11}');
SELECT facts.ref('main', 'five');
SELECT facts.ref('feature/b', 'three', 'main', 1, p_counted => false);
SELECT facts.ref('feature/a', 'three', 'main', 1, p_counted => false);
SELECT facts.ref('feature/c', 'two', 'main', 1, p_counted => false);
SELECT facts.placed('one', 'main', 1, '2026-03-02 00:00Z', '{APP-1}');
SELECT facts.placed('two', 'feature/c', 2, '2026-03-03 00:00Z', '{APP-2}', parents => '{one}');
SELECT facts.placed('three', 'feature/a', 2, '2026-03-03 00:00Z', '{APP-3}', parents => '{one}');
SELECT facts.placed('three', 'feature/b', 2, '2026-03-03 00:00Z');
SELECT facts.placed('three-too', 'feature/c', 3, '2026-03-03 01:00Z', '{APP-3}', parents => '{two}');
SELECT facts.placed('three-again', 'feature/a', 3, '2026-03-03 02:00Z', '{APP-3}', parents => '{three}');
SELECT facts.placed('five', 'main', 2, '2026-03-04 00:00Z', '{APP-5}', parents => '{one}');
SELECT facts.settle() > 0;
-- What is unmerged names its branch, and how many others there are.
SELECT facts.states();
-- Commits that no ref holds any more are as good as none; a story has some of each.
SELECT facts.commit('lost', '{APP-4,APP-5}', NULL, parents => '{one}');
SELECT facts.commit('lost-too', '{APP-4,APP-2}', NULL, parents => '{lost}');
UPDATE commits SET is_unreachable = true WHERE sha IN (facts.sha('lost'), facts.sha('lost-too'));
SELECT facts.settle() > 0;
SELECT facts.states();
-- An epic rolls up its stories, the sub-tasks through them; an initiative the stories of its epics. A story without a
-- commit of its own is covered by its sub-task's.
SELECT facts.issue(100, 'APP-100', '2026-03-01 00:00Z', type => 'Initiative', level => 2);
SELECT facts.issue(101, 'APP-101', '2026-03-01 00:00Z', type => 'Epic', level => 1, parent => 100);
SELECT facts.issue(102, 'APP-102', '2026-03-01 00:00Z', type => 'Epic', level => 1, parent => 100);
SELECT facts.issue(103, 'APP-103', '2026-03-01 00:00Z', type => 'Epic', level => 1);
SELECT facts.issue(1, 'APP-1', '2026-03-05 00:00Z', '{10}', parent => 101);
SELECT facts.issue(2, 'APP-2', '2026-03-05 00:00Z', '{10}', parent => 101);
SELECT facts.issue(4, 'APP-4', '2026-03-05 00:00Z', '{10}', parent => 102);
SELECT facts.issue(6, 'APP-6', '2026-03-05 00:00Z', '{10}', parent => 102);
SELECT facts.issue(7, 'APP-7', '2026-03-05 00:00Z', '{}', parent => 6, type => 'Sub-task', level => -1);
SELECT facts.issue(8, 'APP-8', '2026-03-05 00:00Z', '{}', parent => 6, type => 'Sub-task', level => -1);
SELECT facts.issue(9, 'APP-9', '2026-03-05 00:00Z', '{}', parent => 102, resolution => 'Won''t Do');
SELECT facts.ref('main', 'seven');
SELECT facts.placed('seven', 'main', 3, '2026-03-06 00:00Z', '{APP-7}', parents => '{five}');
SELECT facts.settle() > 0;
SELECT facts.states() EXCEPT SELECT 'APP-' || n || ': missing (no commit names it)' FROM generate_series(1, 200) n ORDER BY 1;
SELECT facts.epics();
-- A sub-task whose parent is gone, or is no story, is judged by itself.
SELECT facts.issue_deleted(6, '2026-03-07 00:00Z');
SELECT facts.issue(8, 'APP-8', '2026-03-08 00:00Z', '{}', parent => 103, type => 'Sub-task', level => -1);
SELECT facts.settle() > 0;
SELECT issue_key, state, reason FROM story_coverage WHERE issue_key IN ('APP-6', 'APP-7', 'APP-8') ORDER BY 1;
SELECT facts.epics();
-- Rules by label and component, of one site or project, of every tenant; glob, whatever the case; unjudged the same.
SELECT facts.issue(20, 'APP-20', '2026-03-01 00:00Z', labels => '{No-Code}');
SELECT facts.issue(21, 'OPS-21', '2026-03-01 00:00Z', labels => '{no-code}', project => 10001);
SELECT facts.issue(22, 'OPS-22', '2026-03-01 00:00Z', project => 10001);
SELECT facts.issue(20, 'APP-20', '2026-03-01 00:00Z', labels => '{no-code}', source => 'other');
SELECT facts.settle() > 0;
UPDATE issues SET components = '{Docs,Site}' WHERE issue_key = 'OPS-22';
INSERT INTO coverage_rules (tenant, source, project_key, subject, pattern, verdict)
VALUES ('main', 'default', 'APP', 'label', 'no-*', 'not_expected'), ('main', '', 'OPS', 'component', 'doc?', 'unjudged'),
       ('guest', '', '', 'label', '*', 'not_expected');
SELECT source, issue_key, state, reason FROM story_coverage WHERE issue_key ~ '-2[0-9]$' ORDER BY 2, 1;
-- After the freeze: APP-5's work landed on 4 March, APP-1's on the 2nd; APP-2 was put into 1.11 on the 8th.
UPDATE versions SET freeze_at = '2026-03-03 00:00Z';
SELECT facts.issue(2, 'APP-2', '2026-03-08 00:00Z', '{10,11}', added => '{11}', parent => 101);
SELECT facts.settle() > 0;
SELECT facts.frozen();
-- Work before and after it is not late: some of it was there.
SELECT facts.ref('main', 'eight');
SELECT facts.placed('eight', 'main', 4, '2026-03-09 00:00Z', '{APP-1}', parents => '{seven}');
SELECT facts.settle() > 0;
SELECT facts.frozen() INTERSECT SELECT '1.10 APP-1 covered';
-- Without a freeze nothing is late.
UPDATE versions SET freeze_at = NULL;
SELECT count(*) FROM version_stories WHERE landed_after_freeze IS DISTINCT FROM false OR added_after_freeze IS DISTINCT FROM false;
SELECT fix_version, stories, with_commits, without_commits, unmerged, not_expected, percent FROM coverage_by_fix_version ORDER BY 1;
