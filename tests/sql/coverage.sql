-- Which stories are covered by commits, which commits have no story, and why.
\set ECHO none
\ir ../support/facts.sql
\set VERBOSITY terse
\pset format unaligned
\pset tuples_only on
SET search_path = jirasync, facts, public;
SET timezone = 'UTC';
CREATE FUNCTION facts.states() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT issue_key || ': ' || state || ' (' || reason || ')' FROM jirasync.story_coverage ORDER BY issue_key $$;
CREATE FUNCTION facts.orphans() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT split_part(message, ' ', 1) || ': ' || reason FROM jirasync.commits_without_story ORDER BY 1 $$;
\set ECHO all
-- Two stories; one commit names the first, one names none, one says UTF-8, which is no story.
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{10,11}');
SELECT facts.issue(2, 'APP-2', '2026-03-01 00:00Z', '{10}');
SELECT facts.commit('feature', '{APP-1}', '2026-03-02 00:00Z');
SELECT facts.commit('refactor', '{}', '2026-03-02 00:00Z');
SELECT facts.commit('charset', '{UTF-8}', '2026-03-02 00:00Z');
SELECT facts.place('refs/heads/main', 0, '{feature,refactor,charset}');
SELECT facts.settle() > 0;
SELECT facts.states();
SELECT facts.orphans();
SELECT prefix, reason, commits FROM refused_issue_keys;
-- A story of two versions counts in both.
SELECT fix_version, stories, with_commits, without_commits, unmerged, reverted, not_expected, percent
FROM coverage_by_fix_version ORDER BY 1;
-- The commit is reverted: the story is.
SELECT facts.commit('undo', '{APP-1}', '2026-03-03 00:00Z', reverts => ARRAY[facts.sha('feature')]);
SELECT facts.place('refs/heads/main', 1, '{undo}');
SELECT facts.settle() > 0;
SELECT facts.states();
-- The revert is reverted, named by seven digits only: the commit counts again.
SELECT facts.commit('redo', '{APP-1}', '2026-03-04 00:00Z', reverts => ARRAY[left(facts.sha('undo'), 7)]);
SELECT facts.place('refs/heads/main', 2, '{redo}');
SELECT facts.settle() > 0;
SELECT facts.states();
-- A merge brings in two commits of APP-2 and is reverted: both are taken back, and nothing of another position.
SELECT facts.commit('part1', '{APP-2}', '2026-03-05 00:00Z');
SELECT facts.commit('part2', '{APP-2}', '2026-03-05 00:00Z', parents => '{part1}');
SELECT facts.commit('merge', '{}', '2026-03-05 00:00Z', parents => '{feature,part2}');
SELECT facts.place('refs/heads/main', 3, '{merge,part1,part2}');
SELECT facts.settle() > 0;
SELECT facts.states();
SELECT facts.commit('unmerge', '{}', '2026-03-06 00:00Z', reverts => ARRAY[facts.sha('merge')]);
SELECT facts.place('refs/heads/main', 4, '{unmerge}');
SELECT facts.settle() > 0;
SELECT facts.states();
-- A commit on no counted branch is unmerged; seen through two branches, it is one commit once it lands.
SELECT facts.issue(3, 'APP-3', '2026-03-01 00:00Z', '{10}');
SELECT facts.commit('later', '{APP-3}', NULL);
SELECT facts.settle() > 0;
SELECT state, reason, commits FROM story_coverage WHERE issue_key = 'APP-3';
SELECT facts.commit('later', '{APP-3}', '2026-03-07 00:00Z');
SELECT facts.place('refs/heads/main', 5, '{later}');
SELECT facts.place('refs/heads/release/1', 0, '{later}');
SELECT facts.settle() > 0;
SELECT state, reason, commits FROM story_coverage WHERE issue_key = 'APP-3';
-- The story moves to another project: the commit that names its old key still counts.
SELECT facts.issue(3, 'OPS-7', '2026-03-08 00:00Z', '{20}', project => 10001);
SELECT facts.settle() > 0;
SELECT issue_key, project_key, state FROM story_coverage WHERE issue_key = 'OPS-7';
SELECT issue_key, named_key, counts FROM issue_commits WHERE issue_id = 3;
-- Its versions: in the old one until it moved.
SELECT fix_version, added_at, removed_at FROM issue_fix_versions WHERE issue_id = 3 ORDER BY added_at;
-- A number that the known project has not got, and an issue that is deleted: both leave their commits without story.
SELECT facts.commit('typo', '{APP-99}', '2026-03-09 00:00Z');
SELECT facts.issue(4, 'APP-4', '2026-03-01 00:00Z', '{10}');
SELECT facts.commit('gone', '{APP-4}', '2026-03-09 00:00Z');
SELECT facts.issue_deleted(4, '2026-03-10 00:00Z');
SELECT facts.settle() > 0;
SELECT facts.orphans();
SELECT issue_key, commits FROM unknown_issue_keys;
SELECT fix_version, removed_at FROM issue_fix_versions WHERE issue_id = 4;
-- A sub-task is judged through its parent, whose coverage it makes; an epic rolls up; Won't Do expects nothing.
SELECT facts.issue(5, 'APP-5', '2026-03-01 00:00Z', '{12}');
SELECT facts.issue(6, 'APP-6', '2026-03-01 00:00Z', '{12}', type => 'Sub-task', level => -1, parent => 5);
SELECT facts.issue(7, 'APP-7', '2026-03-01 00:00Z', '{12}', type => 'Epic', level => 1);
SELECT facts.issue(8, 'APP-8', '2026-03-01 00:00Z', '{12}', resolution => 'Won''t Do');
SELECT facts.issue(9, 'APP-9', '2026-03-01 00:00Z', '{12}');
SELECT facts.commit('subtask', '{APP-6}', '2026-03-09 00:00Z');
SELECT facts.settle() > 0;
SELECT facts.states();
SELECT stories, with_commits, without_commits, not_expected, percent FROM coverage_by_fix_version
WHERE fix_version = '1.12';
-- A waiver takes a story out of the count until it expires.
INSERT INTO issue_waivers (tenant, source, issue_id, reason, waived_by)
VALUES ('main', 'default', 9, 'done in a vendor''s system', 'Grace');
SELECT state, reason FROM story_coverage WHERE issue_key = 'APP-9';
UPDATE issue_waivers SET expires_at = now() - interval '1 day';
SELECT state, reason FROM story_coverage WHERE issue_key = 'APP-9';
-- Commits of a bot are not judged, nor is a waived one.
SELECT facts.commit('bump', '{}', '2026-03-09 00:00Z', p_author => 'dependabot[bot]');
INSERT INTO commit_waivers (tenant, source, repository, sha, reason, waived_by)
VALUES ('main', 'git', 'org/app', facts.sha('refactor'), 'agreed', 'Grace');
SELECT facts.settle() >= 0;
SELECT facts.orphans();
-- A version's new name shows on each issue that holds it.
SELECT facts.issue(2, 'APP-2', '2026-03-11 00:00Z', '{10}', names => '{2.0}');
SELECT facts.settle() > 0;
SELECT issue_key, fix_versions FROM story_coverage WHERE '2.0' = ANY (fix_versions) ORDER BY 1;
-- Removed and added again is two rows.
SELECT facts.issue(2, 'APP-2', '2026-03-12 00:00Z', '{}', removed => '{10}');
SELECT facts.issue(2, 'APP-2', '2026-03-13 00:00Z', '{10}', names => '{2.0}', added => '{10}');
SELECT facts.settle() > 0;
SELECT fix_version, added_at, removed_at FROM issue_fix_versions WHERE issue_id = 2 ORDER BY added_at;
-- Another tenant with the same keys does not meet this one.
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{10}', source => 'other', tenant => 'guest');
SELECT facts.settle(p_tenant => 'guest') > 0;
SELECT tenant, issue_key, state FROM story_coverage WHERE issue_key = 'APP-1' ORDER BY 1;
-- Asked for by hand under an old key, in either case, the issue that bore it is enqueued.
SELECT recompute_issue('app-3');
SELECT kind, source, key FROM jobs;
SELECT recompute_issue('APP-99');
-- The rebuild finds nothing to change.
SELECT correlation_rebuild(), correlation_rebuild('guest');
