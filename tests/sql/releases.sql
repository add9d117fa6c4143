-- What a release holds: between two revisions, by branch and tag, against a version's stories.
\set ECHO none
\ir ../support/facts.sql
\ir ../support/places.sql
\set VERBOSITY terse
\pset format unaligned
\pset tuples_only on
SET search_path = jirasync, facts, public;
SET timezone = 'UTC';
CREATE FUNCTION facts.between(p_from text, p_to text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT c.place || '. ' || c.subject || ' on ' || coalesce(c.ref || ' at ' || c.position, 'no line')
           || CASE WHEN c.is_merge THEN ', a merge' ELSE '' END || CASE WHEN c.is_exact THEN '' ELSE ', perhaps' END
    FROM jirasync.commits_between('git', 'org/app', p_from, p_to) c ORDER BY c.place $$;
CREATE FUNCTION facts.audit(p_version text, p_from text, p_to text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT concat_ws(' | ', a.finding, coalesce(a.issue_key, '-'),
                     coalesce((SELECT split_part(c.message, ' ', 1) FROM jirasync.commits c WHERE c.sha = a.sha), '-'),
                     a.summary, a.fix_versions::text, a.landed_at)
    FROM jirasync.release_audit(p_version, 'git', 'org/app', p_from, p_to) WITH ORDINALITY
         a (finding, issue_key, sha, summary, fix_versions, landed_at, note, story_source, n) ORDER BY a.n $$;
\set ECHO all
-- main: one, two, a merge that brings part1 and part2, four. release/1.0 is cut at the merge, with a fix of its own; a
-- feature branch is cut there, too. Tags: v1.0 at two, v1.1-rc1 and v1.1 at the fix, v1.2 at four.
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{10,11}');
SELECT facts.issue(2, 'APP-2', '2026-03-01 00:00Z', '{11}');
SELECT facts.issue(3, 'APP-3', '2026-03-01 00:00Z', '{12}');
SELECT facts.ref('main', 'four');
SELECT facts.ref('release/1.0', 'fix', 'main', 3);
SELECT facts.ref('feature/APP-9', 'draft', 'main', 3, p_counted => false);
SELECT facts.ref('v1.0', 'two', 'main', 2, 'tag');
SELECT facts.ref('v1.1', 'fix', 'release/1.0', 4, 'tag');
SELECT facts.ref('v1.1-rc1', 'fix', 'release/1.0', 4, 'tag');
SELECT facts.ref('v1.2', 'four', 'main', 4, 'tag');
SELECT facts.placed('one', 'main', 1, '2026-03-01 01:00Z', '{APP-1}');
SELECT facts.placed('two', 'main', 2, '2026-03-02 01:00Z', parents => '{one}');
SELECT facts.placed('part1', 'main', 3, '2026-03-02 02:00Z', '{APP-2}', parents => '{one}', on_line => false, p_landed => '2026-03-03 01:00Z');
SELECT facts.placed('part2', 'main', 3, '2026-03-02 03:00Z', '{APP-2}', parents => '{part1}', on_line => false, p_landed => '2026-03-03 01:00Z');
SELECT facts.placed('merge', 'main', 3, '2026-03-03 01:00Z', parents => '{two,part2}');
SELECT facts.placed('four', 'main', 4, '2026-03-05 01:00Z', '{APP-3}', parents => '{merge}');
SELECT facts.placed('fix', 'release/1.0', 4, '2026-03-04 01:00Z', '{APP-1}', parents => '{merge}');
SELECT facts.placed('draft', 'feature/APP-9', 4, '2026-03-06 01:00Z', '{APP-3}', parents => '{merge}');
SELECT facts.settle() > 0;
-- From tag to tag, to a branch, back, to itself.
SELECT facts.between('v1.0', 'v1.1');
SELECT facts.between('v1.1', 'v1.0');
SELECT facts.between('release/1.0', 'main');
SELECT facts.between('main', 'release/1.0');
SELECT facts.between('main', 'feature/APP-9');
SELECT facts.between('main', 'main');
SELECT facts.between('refs/tags/v1.0', 'HEAD');
-- A tag that bears the name of a branch is tags/NAME; full names say which of the two is meant.
SELECT facts.ref('v1.2', 'fix', 'release/1.0', 4);
UPDATE refs SET kind = 'branch' WHERE ref = 'v1.2';
SELECT facts.ref('tags/v1.2', 'four', 'main', 4, 'tag');
SELECT facts.between('main', 'v1.2');
SELECT facts.between('main', 'refs/heads/v1.2');
SELECT facts.between('release/1.0', 'refs/tags/v1.2');
SELECT facts.between('release/1.0', 'tags/v1.2');
SELECT facts.between('main', 'refs/tags/main');
SELECT facts.between('main', 'refs/heads/v1.1');
DELETE FROM refs WHERE ref = 'tags/v1.2';
SELECT facts.ref('v1.2', 'four', 'main', 4);
UPDATE refs SET kind = 'tag', counted = false WHERE ref = 'v1.2';
-- Hashes, also cut short; the one beside the line is said to stand there, and read from its parents.
SELECT facts.between(left(facts.sha('one'), 12), facts.sha('two'));
SELECT facts.between('v1.0', left(facts.sha('part2'), 10));
SELECT facts.between(left(facts.sha('part1'), 10), 'v1.1');
SELECT issue_keys, author, committed_at, landed_at FROM commits_between('git', 'org/app', 'v1.0', 'v1.1') WHERE subject LIKE 'part1%';
-- Which branches hold a commit, and with which tag it came out first: the release candidate before the release.
SELECT s.name, (SELECT string_agg(b.branch, ' ') FROM commit_branches('git', 'org/app', facts.sha(s.name)) b) AS branches,
       first_tag('git', 'org/app', facts.sha(s.name))
FROM unnest('{one,part1,four,fix,draft}'::text[]) s (name);
SELECT string_agg(name, ' < ' ORDER BY version_sort_key(name) COLLATE "C", name)
FROM unnest('{v1.10,v1.9,1.0,v1.0,v1.9.1,v1.10-rc2,v1.10-rc10,v1.10.1-beta,v2,v1.10rc1,1.10_2}'::text[]) n (name);
-- What is not there is refused, with what is near.
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT facts.between('v1.0', 'relaese/1.0');
SELECT facts.between('v9.9', 'main');
SELECT facts.between('v1.0', '0000000');
SELECT * FROM commits_between('git', 'org/ap', 'v1.0', 'main');
SELECT * FROM commits_between('gti', 'org/app', 'v1.0', 'main');
SELECT first_tag('git', 'org/app', 'abc');
SELECT * FROM release_audit('1.1x', 'git', 'org/app', 'v1.0', 'main');
UPDATE refs SET deleted_at = now() WHERE ref = 'feature/APP-9';
SELECT facts.between('main', 'feature/APP-9');
\set VERBOSITY terse
UPDATE refs SET deleted_at = NULL WHERE ref = 'feature/APP-9';
-- Against a version: APP-1 and APP-2 are in 1.11 and in the code; nothing of 1.12 is in the release yet.
SELECT facts.audit('1.11', 'v1.0', 'v1.1');
SELECT facts.audit('1.12', 'v1.0', 'v1.1');
SELECT facts.audit('1.10', 'v1.0', 'main');
-- The version was frozen before the fix landed; a commit without a key, and what a bot did, which is not judged.
UPDATE versions SET freeze_at = '2026-03-03 12:00Z' WHERE name = '1.11';
SELECT facts.ref('release/1.0', 'bump', 'main', 3);
SELECT facts.placed('sneak', 'release/1.0', 5, '2026-03-07 01:00Z', '{UTF-8}', parents => '{fix}');
SELECT facts.placed('bump', 'release/1.0', 6, '2026-03-08 01:00Z', parents => '{sneak}', p_author => 'dependabot[bot]');
SELECT facts.settle() >= 0;
SELECT facts.audit('1.11', 'v1.0', 'release/1.0');
-- A story put into the version after its freeze; a sub-task's commit is its parent's; what was taken back is no work.
SELECT facts.issue(4, 'APP-4', '2026-03-09 00:00Z', '{11}', added => '{11}');
SELECT facts.issue(5, 'APP-5', '2026-03-01 00:00Z', '{}', type => 'Sub-task', level => -1, parent => 4);
SELECT facts.issue(6, 'APP-6', '2026-03-01 00:00Z', '{11}');
SELECT facts.ref('release/1.0', 'undone', 'main', 3);
SELECT facts.placed('step', 'release/1.0', 7, '2026-03-03 02:00Z', '{APP-5}', parents => '{bump}');
SELECT facts.placed('done', 'release/1.0', 8, '2026-03-03 03:00Z', '{APP-6}', parents => '{step}');
SELECT facts.placed('undone', 'release/1.0', 9, '2026-03-03 04:00Z', '{APP-6}', parents => '{done}', reverts => ARRAY[facts.sha('done')]);
SELECT facts.settle() > 0;
SELECT facts.audit('1.11', 'v1.1', 'release/1.0');
-- A sub-task whose parent is an epic is judged by itself, and stands for itself.
SELECT facts.issue(7, 'APP-7', '2026-03-01 00:00Z', '{11}', type => 'Epic', level => 1);
SELECT facts.issue(5, 'APP-5', '2026-03-10 00:00Z', '{}', type => 'Sub-task', level => -1, parent => 7);
SELECT facts.settle() > 0;
SELECT s FROM facts.audit('1.11', 'v1.1', 'release/1.0') s WHERE s ~ 'step';
SELECT facts.issue(5, 'APP-5', '2026-03-11 00:00Z', '{}', type => 'Sub-task', level => -1, parent => 4);
SELECT facts.settle() > 0;
-- Up to the commit before the revert the work is there.
SELECT facts.audit('1.11', 'v1.1', facts.sha('done'));
-- Another project has a version of the same name: its stories belong to the release as well.
SELECT facts.issue(20, 'OPS-1', '2026-03-01 00:00Z', '{21}', names => '{1.11}', project => 10001);
SELECT facts.settle() > 0;
SELECT facts.audit('1.11', 'v1.1', 'release/1.0');
-- A push was missed: what is told of the branch may be wrong, and says so.
UPDATE refs SET uncertain = true WHERE ref = 'release/1.0';
SELECT facts.between('v1.1', 'release/1.0');
UPDATE refs SET uncertain = false WHERE ref = 'release/1.0';
-- Where nobody told the parents, what stands beside the line is read from places and pushes, and said to be so.
UPDATE commits SET parents = NULL WHERE sha IN (facts.sha('part1'), facts.sha('part2'));
INSERT INTO push_commits VALUES ('main', 'git', 'org/app', facts.sha('part1'), 'p', 1, 1), ('main', 'git', 'org/app', facts.sha('part2'), 'p', 1, 2);
SELECT facts.between('v1.0', left(facts.sha('part2'), 10));
SELECT facts.between('v1.0', left(facts.sha('part1'), 10));
-- Taken back on the release line alone: there it is no work, on main it is.
UPDATE commits SET parents = ARRAY[facts.sha('one')] WHERE sha = facts.sha('part1');
UPDATE commits SET parents = ARRAY[facts.sha('part1')] WHERE sha = facts.sha('part2');
SELECT facts.ref('release/1.0', 'unfour', 'main', 3);
SELECT facts.placed('four-again', 'release/1.0', 10, '2026-03-10 01:00Z', '{APP-3}', parents => '{undone}');
UPDATE commits SET picked_from = facts.sha('four') WHERE sha = facts.sha('four-again');
SELECT facts.placed('unfour', 'release/1.0', 11, '2026-03-11 01:00Z', parents => '{four-again}', reverts => ARRAY[facts.sha('four')]);
SELECT facts.settle() > 0;
SELECT facts.audit('1.12', 'v1.1', 'release/1.0') EXCEPT SELECT facts.audit('1.12', 'v1.1', facts.sha('four-again'));
SELECT facts.audit('1.12', 'v1.1', facts.sha('four-again')) EXCEPT SELECT facts.audit('1.12', 'v1.1', 'release/1.0');
SELECT state, reason FROM story_coverage WHERE issue_key = 'APP-3';
-- What names no issue and was taken back within the range has come to nothing with its revert; a revert of what was there
-- before it is shown, and one that was itself taken back leaves what it named.
SELECT facts.ref('release/1.0', 'again', 'main', 3);
SELECT facts.placed('oops', 'release/1.0', 12, '2026-03-12 01:00Z', parents => '{unfour}');
SELECT facts.placed('unoops', 'release/1.0', 13, '2026-03-12 02:00Z', parents => '{oops}', reverts => ARRAY[facts.sha('oops')]);
SELECT facts.placed('kept', 'release/1.0', 14, '2026-03-12 03:00Z', parents => '{unoops}');
SELECT facts.placed('unkept', 'release/1.0', 15, '2026-03-12 04:00Z', parents => '{kept}', reverts => ARRAY[facts.sha('kept')]);
SELECT facts.placed('again', 'release/1.0', 16, '2026-03-12 05:00Z', parents => '{unkept}', reverts => ARRAY[facts.sha('unkept')]);
SELECT facts.settle() >= 0;
SELECT s FROM facts.audit('1.12', facts.sha('unfour'), 'release/1.0') s WHERE s ~ 'no_key';
SELECT s FROM facts.audit('1.12', facts.sha('oops'), facts.sha('unoops')) s WHERE s ~ 'no_key';
-- What both ends of a range hold can have been taken back in one of them: rc1 holds APP-30 with its revert, rc2 the revert of
-- that too, and the revert of APP-31. The first tag of a commit is one that has not taken it back.
CREATE FUNCTION facts.work(p_from text, p_to text, p_version text DEFAULT NULL, p_project text DEFAULT NULL) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT concat_ws(' | ', f.finding, f.issue_key, split_part(c.message, ' ', 1), f.landed_at,
                     regexp_replace(f.note, '[0-9a-f]{12}$', '') || coalesce(split_part((
                         SELECT b.message FROM jirasync.commits b WHERE left(b.sha, 12) = right(f.note, 12)), ' ', 1), ''))
    FROM jirasync.report_range('main', p_project, p_version, 'git', 'org/back', p_from, p_to) f
    LEFT JOIN jirasync.commits c ON c.sha = f.sha ORDER BY f.place $$;
SELECT facts.issue(30, 'APP-30', '2026-03-01 00:00Z', '{30}');
SELECT facts.issue(31, 'APP-31', '2026-03-01 00:00Z', '{30}');
SELECT facts.issue(32, 'APP-32', '2026-03-01 00:00Z', '{30}');
SELECT facts.ref('main', 'b6', p_repository => 'org/back');
SELECT facts.ref('rc1', 'b3', 'main', 3, 'tag', p_repository => 'org/back');
SELECT facts.ref('rc2', 'b5', 'main', 5, 'tag', p_repository => 'org/back');
SELECT facts.ref('rc3', 'b6', 'main', 6, 'tag', p_repository => 'org/back');
SELECT facts.placed('b1', 'main', 1, '2026-03-01 01:00Z', '{APP-30}', p_repository => 'org/back');
SELECT facts.placed('b2', 'main', 2, '2026-03-02 01:00Z', '{APP-31}', parents => '{b1}', p_repository => 'org/back');
SELECT facts.placed('b3', 'main', 3, '2026-03-03 01:00Z', '{APP-30}', parents => '{b2}', reverts => ARRAY[facts.sha('b1')], p_repository => 'org/back');
SELECT facts.placed('b4', 'main', 4, '2026-03-04 01:00Z', '{APP-31}', parents => '{b3}', reverts => ARRAY[facts.sha('b2')], p_repository => 'org/back');
SELECT facts.placed('b5', 'main', 5, '2026-03-05 01:00Z', '{APP-30}', parents => '{b4}', reverts => ARRAY[facts.sha('b3')], p_repository => 'org/back');
SELECT facts.placed('b6', 'main', 6, '2026-03-06 01:00Z', '{APP-32}', parents => '{b5}', p_repository => 'org/back');
SELECT facts.settle() > 0;
SELECT n AS name, first_tag('git', 'org/back', facts.sha(n)) FROM unnest('{b1,b2,b3,b4,b5,b6}'::text[]) n;
SELECT facts.work('rc1', 'rc2');
SELECT facts.work('rc1', 'rc3', '1.30');
SELECT facts.work(facts.sha('b1'), 'rc1');
SELECT facts.work(facts.sha('b1'), 'rc2');
SELECT facts.work('rc2', 'rc3');
SELECT facts.work('rc2', 'rc1');
-- Given back after the freeze is after the freeze.
UPDATE versions SET freeze_at = '2026-03-04 12:00Z' WHERE name = '1.30';
SELECT s FROM facts.work('rc1', 'rc2', '1.30') s WHERE s ~ 'APP-30';
-- A release line takes back what main keeps: that is gone from main to it, and there again the other way. No end's own
-- revert tells what was given back where the other end lacks it.
SELECT facts.ref('release/3.0', 'b7', 'main', 6, p_repository => 'org/back');
SELECT facts.placed('b7', 'release/3.0', 7, '2026-03-07 01:00Z', parents => '{b6}', reverts => ARRAY[facts.sha('b6')], p_repository => 'org/back');
SELECT facts.ref('v3.0', 'b7', 'release/3.0', 7, 'tag', p_repository => 'org/back');
SELECT facts.ref('main', 'b8', p_repository => 'org/back');
SELECT facts.placed('b8', 'main', 7, '2026-03-07 02:00Z', '{APP-31}', parents => '{b6}', p_repository => 'org/back');
SELECT facts.settle() > 0;
SELECT facts.work('main', 'release/3.0', '1.30');
SELECT facts.work('release/3.0', 'main', '1.30');
SELECT facts.work('release/3.0', facts.sha('b6'));
-- Two projects share the repository and the name of a version. A story of the other one is none of the one asked for, and not
-- out of place either; what came of it into no version of that name is.
SELECT facts.issue(33, 'OPS-3', '2026-03-01 00:00Z', '{33}', names => '{1.30}', project => 10001);
SELECT facts.issue(34, 'OPS-4', '2026-03-01 00:00Z', '{34}', names => '{1.31}', project => 10001);
SELECT facts.ref('main', 'b10', p_repository => 'org/back');
SELECT facts.placed('b9', 'main', 8, '2026-03-03 01:00Z', '{OPS-3}', parents => '{b8}', p_repository => 'org/back');
SELECT facts.placed('b10', 'main', 9, '2026-03-03 02:00Z', '{OPS-4}', parents => '{b9}', p_repository => 'org/back');
SELECT facts.settle() > 0;
SELECT facts.work(facts.sha('b8'), 'main', '1.30');
SELECT facts.work(facts.sha('b8'), 'main', '1.30', 'APP');
SELECT facts.work(facts.sha('b8'), 'main', '1.30', (SELECT project_key FROM issues WHERE issue_key = 'OPS-3'));
