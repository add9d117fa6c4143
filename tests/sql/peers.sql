-- What other tools of this kind are tested on, and what they get wrong: none of it holds here.
\set ECHO none
\ir ../support/facts.sql
\ir ../support/places.sql
\pset format unaligned
\pset tuples_only on
SET search_path = jirasync, facts, public;
SET timezone = 'UTC';
CREATE FUNCTION facts.matched() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT issue_key || ': ' || string_agg(DISTINCT split_part(c.message, ' ', 1) || ' by ' || l.evidence, ', ')
    FROM jirasync.issue_commits l
    JOIN jirasync.commits c ON c.tenant = l.tenant AND c.source = l.commit_source AND c.repository = l.repository AND c.sha = l.sha
    GROUP BY issue_key ORDER BY issue_key $$;
CREATE FUNCTION facts.missing() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT issue_key || ': ' || reason FROM jirasync.stories_without_commits ORDER BY issue_key $$;
CREATE FUNCTION facts.orphans() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT split_part(message, ' ', 1) || ': ' || reason FROM jirasync.commits_without_story ORDER BY 1 $$;
CREATE FUNCTION facts.summary() RETURNS text LANGUAGE sql AS $$
    SELECT format('%s stories, %s with commits, %s without; %s commits, %s orphans',
                  (SELECT count(*) FROM jirasync.story_coverage WHERE state <> 'not_expected'),
                  (SELECT count(*) FROM jirasync.story_coverage WHERE state = 'covered'),
                  (SELECT count(*) FROM jirasync.stories_without_commits),
                  (SELECT count(*) FROM jirasync.commits), (SELECT count(*) FROM jirasync.commits_without_story)) $$;
CREATE FUNCTION facts.afresh() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM jirasync.issues; DELETE FROM jirasync.issue_keys; DELETE FROM jirasync.issue_snapshots;
    DELETE FROM jirasync.commits; DELETE FROM jirasync.commit_keys; DELETE FROM jirasync.commit_refs;
    DELETE FROM jirasync.refs; DELETE FROM jirasync.deliveries; DELETE FROM jirasync.project_keys;
    DELETE FROM jirasync.pull_requests; DELETE FROM jirasync.issue_fix_versions; DELETE FROM jirasync.versions;
    PERFORM jirasync.correlation_rebuild();
    DELETE FROM jirasync.jobs;
END
$$;
\set ECHO all
-- Two issues, a commit for one, a commit without a key: one matched, one missing, one orphan, two issues in all.
SELECT facts.issue(1, 'MOB-1', '2026-03-01 00:00Z', '{10}');
SELECT facts.issue(2, 'MOB-2', '2026-03-01 00:00Z', '{10}');
SELECT facts.commit('feat', '{MOB-1}', '2026-03-02 00:00Z');
SELECT facts.commit('chore', '{}', '2026-03-02 00:00Z');
SELECT facts.settle() > 0;
SELECT facts.matched();
SELECT facts.missing();
SELECT facts.orphans();
SELECT facts.summary();
-- The golden: APP-1 matched, APP-2 missing, one orphan of two commits.
SELECT facts.afresh();
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{10}');
SELECT facts.issue(2, 'APP-2', '2026-03-01 00:00Z', '{10}');
SELECT facts.commit('abc1234', '{APP-1}', '2026-03-02 00:00Z');
SELECT facts.commit('def4567', '{}', '2026-03-02 00:00Z');
SELECT facts.settle() > 0;
SELECT facts.matched();
SELECT facts.missing();
SELECT facts.orphans();
SELECT facts.summary();
-- Keys of a message, of the branch, of the pull request's title and a list given by hand are a union, each with its
-- evidence. Theirs: four stories with commits of two issues. Here a key that is no issue is none, and told apart.
SELECT facts.afresh();
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{10}');
SELECT facts.issue(2, 'APP-2', '2026-03-01 00:00Z', '{10}');
SELECT facts.commit('c1', '{APP-1}', '2026-03-02 00:00Z');
SELECT facts.commit('c2', '{}', '2026-03-02 00:00Z');
SELECT facts.commit('c3', '{}', '2026-03-02 00:00Z');
INSERT INTO commit_keys (tenant, source, repository, sha, key, evidence, via)
VALUES ('main', 'git', 'org/app', facts.sha('c1'), 'APP-2', 'branch', 'feature/app-2'),
       ('main', 'git', 'org/app', facts.sha('c1'), 'APP-9', 'pull_request', '#1'),
       ('main', 'git', 'org/app', facts.sha('c3'), 'APP-2', 'explicit', ''),
       ('main', 'git', 'org/app', facts.sha('c3'), 'OPS-1', 'explicit', '');
SELECT facts.settle() > 0;
SELECT facts.matched();
SELECT facts.missing();
SELECT facts.orphans();
SELECT facts.summary();
SELECT issue_key, commits FROM unknown_issue_keys;
SELECT prefix, reason, commits FROM refused_issue_keys;
-- By messages only the answer is one WHERE away.
SELECT DISTINCT issue_key FROM issue_commits WHERE evidence = 'message';
-- What looks like a key and is of no project makes no story and hides no orphan.
SELECT facts.commit(name, ARRAY[key], '2026-03-03 00:00Z')
FROM (VALUES ('utf', 'UTF-8'), ('sha', 'SHA-256'), ('cve', 'CVE-2024'), ('iso', 'ISO-8601'), ('node', 'NODE-18'),
             ('lodash', 'LODASH-4'), ('release', 'RELEASE-2024'), ('v2', 'V2-1')) n (name, key);
SELECT facts.settle() >= 0;
SELECT facts.orphans();
SELECT facts.summary();
SELECT count(*) FROM story_coverage WHERE issue_key ~ '^(UTF|SHA|CVE|ISO|NODE|LODASH|RELEASE|V2)-';
-- Stories with commits are never more than stories, and no version is past 100 percent.
SELECT every(with_commits <= stories AND coalesce(percent, 0) <= 100) FROM coverage_by_fix_version;
-- Every fix version counts, not the first alone.
SELECT facts.issue(3, 'APP-3', '2026-03-01 00:00Z', '{10,11,12}');
SELECT facts.commit('c4', '{APP-3}', '2026-03-04 00:00Z');
SELECT facts.settle() > 0;
SELECT fix_version, stories, with_commits, percent FROM coverage_by_fix_version ORDER BY 1;
-- One commit on two branches, with several keys and evidences, is one commit of one story.
SELECT facts.afresh();
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{10}');
SELECT facts.ref('main', 'c5');
SELECT facts.ref('release/1', 'c5', 'main', 0);
SELECT facts.placed('c5', 'main', 1, '2026-03-05 00:00Z', '{APP-1}');
SELECT facts.placed('c5', 'release/1', 1, '2026-03-05 00:00Z');
INSERT INTO commit_keys (tenant, source, repository, sha, key, evidence, via)
VALUES ('main', 'git', 'org/app', facts.sha('c5'), 'APP-1', 'branch', 'feature/APP-1'),
       ('main', 'git', 'org/app', facts.sha('c5'), 'APP-1', 'pull_request', '#1');
SELECT facts.settle() > 0;
SELECT issue_key, state, reason, commits FROM story_coverage;
SELECT facts.summary();
-- The same hash in a fork is another commit: a waiver for one is none for the other.
SELECT facts.commit('c6', '{}', '2026-03-05 00:00Z', p_repository => 'org/app-fork');
SELECT facts.ref('main', 'c6');
SELECT facts.placed('c6', 'main', 2, '2026-03-06 00:00Z', parents => '{c5}');
SELECT facts.settle() >= 0;
SELECT waive_commit('org/app', facts.sha('c6'), 'the same', 'Grace');
SELECT repository, reason FROM commits_without_story;
-- Reverted work does not count, nor does a revert; work merged nowhere does not; a merge is no orphan.
SELECT facts.ref('main', 'c9');
SELECT facts.placed('c7', 'main', 3, '2026-03-07 00:00Z', parents => '{c6}', reverts => ARRAY[facts.sha('c5')]);
SELECT facts.placed('c8', 'main', 4, '2026-03-07 00:00Z', '{}', parents => '{c7,c6}');
SELECT facts.ref('release/1', 'c10', 'main', 0);
SELECT facts.placed('c10', 'release/1', 2, '2026-03-08 00:00Z', '{APP-1}', parents => '{c5}', reverts => ARRAY[facts.sha('c5')]);
SELECT facts.settle() > 0;
SELECT issue_key, state, reason, commits FROM story_coverage;
SELECT repository, split_part(message, ' ', 1), reason FROM commits_without_story ORDER BY 1, 2;
SELECT facts.issue(2, 'APP-2', '2026-03-01 00:00Z', '{10}');
SELECT facts.ref('feature/APP-2', 'c11', 'main', 4, p_counted => false);
SELECT facts.placed('c11', 'feature/APP-2', 5, '2026-03-09 00:00Z', '{APP-2}', parents => '{c8}');
SELECT facts.settle() > 0;
SELECT issue_key, state, reason FROM story_coverage ORDER BY 1;
-- Not every issue of a version is a story: sub-tasks, epics, what needs no code. None of them is missing.
SELECT facts.issue(4, 'APP-4', '2026-03-01 00:00Z', '{10}', type => 'Sub-task', level => -1, parent => 2);
SELECT facts.issue(5, 'APP-5', '2026-03-01 00:00Z', '{10}', type => 'Epic', level => 1);
SELECT facts.issue(6, 'APP-6', '2026-03-01 00:00Z', '{10}', type => 'Documentation');
SELECT facts.issue(7, 'APP-7', '2026-03-01 00:00Z', '{10}', resolution => 'Duplicate');
INSERT INTO coverage_rules (tenant, subject, pattern, verdict) VALUES ('main', 'issue_type', 'doc*', 'not_expected');
SELECT facts.settle() > 0;
SELECT issue_key, state, reason FROM version_stories ORDER BY 1;
SELECT stories, with_commits, without_commits, unmerged, reverted, not_expected, percent FROM coverage_by_fix_version WHERE fix_version = '1.10';
-- No window: a commit of any age counts.
SELECT facts.issue(8, 'APP-8', '2026-03-01 00:00Z', '{10}');
SELECT facts.ref('main', 'c12');
SELECT facts.placed('c12', 'main', 6, '1999-03-10 00:00Z', '{APP-8}', parents => '{c8}');
SELECT facts.settle() > 0;
SELECT state, first_landed_at FROM story_coverage WHERE issue_key = 'APP-8';
SELECT correlation_rebuild();
