-- What people may say against the count: waivers of issues and commits, links by hand; and what is refused.
\set ECHO none
\ir ../support/facts.sql
\pset format unaligned
\pset tuples_only on
SET search_path = jirasync, facts, public;
SET timezone = 'UTC';
\set SHOW_CONTEXT never
CREATE FUNCTION facts.states() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT issue_key || ': ' || state || ' (' || reason || ')' FROM jirasync.story_coverage ORDER BY issue_key, source $$;
\set ECHO all
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{10}');
SELECT facts.issue(2, 'APP-2', '2026-03-01 00:00Z', '{10}');
SELECT facts.issue(2, 'OPS-2', '2026-03-02 00:00Z', '{10}', project => 10001);
SELECT facts.issue(3, 'APP-3', '2026-03-01 00:00Z', '{10}');
SELECT facts.issue_deleted(3, '2026-03-02 00:00Z');
SELECT facts.commit('abcdef1', '{}', '2026-03-02 00:00Z');
SELECT facts.commit('abcdef2', '{APP-1}', '2026-03-02 00:00Z');
SELECT facts.commit('abcdef1', '{}', '2026-03-02 00:00Z', p_repository => 'org/lib', p_source => 'other');
SELECT facts.commit('feed001', '{}', '2026-03-02 00:00Z', p_repository => 'org/lib');
SELECT facts.commit('abcdef1', '{}', '2026-03-02 00:00Z', p_repository => 'org/lib');
SELECT facts.settle() > 0;
SELECT facts.states();
-- By a former key, in either case; the issue is waived, and a job is asked for, so that coverage_history has it.
SELECT waive_issue('app-2', ' done by the vendor ', 'Grace');
SELECT kind, source, key FROM jobs;
SELECT facts.settle() >= 0;
SELECT facts.states();
SELECT tenant, source, issue_id, reason, waived_by, expires_at FROM issue_waivers;
-- Once more, until a day, by whoever is logged in: the former waiver is replaced and said.
SELECT waive_issue('OPS-2', 'until the vendor is done', expires_at => '2199-01-01 07:00Z') = format(
    'OPS-2 is waived until 2199-01-01 00:00 by %s: until the vendor is done (before: for good by Grace: done by the vendor)', session_user);
SELECT waived_by = session_user FROM issue_waivers;
SELECT regexp_replace(unwaive_issue('OPS-2'), 'by [^ :]+:', 'by SOMEBODY:');
SELECT facts.states();
SELECT unwaive_issue('OPS-2');
SELECT waive_issue('APP-99', 'x', 'Grace');
SELECT waive_issue('APP-3', 'x', 'Grace');
SELECT waive_issue('APP-1', ' ', 'Grace');
SELECT waive_issue('APP-1', 'x', '');
SELECT waive_issue('APP-1', 'x', 'Grace', '2026-01-01 00:00Z');
SELECT waive_issue('APP-1', 'x', 'Grace', tenant => 'guest');
-- Two sites have the key: the site has to be said.
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', source => 'second');
SELECT facts.settle() > 0;
SELECT waive_issue('APP-1', 'x', 'Grace');
SELECT waive_issue('APP-1', 'x', 'Grace', source => 'second');
SELECT unwaive_issue('APP-1', source => 'default');
SELECT unwaive_issue('APP-1', source => 'second');
-- A commit that needs no issue, by the first digits of its hash.
SELECT repository, left(sha, 7), reason FROM commits_without_story ORDER BY source, 1, 2;
SELECT waive_commit('org/app', 'ABCDEF1', 'the first import', 'Grace');
SELECT repository, left(sha, 7), reason FROM commits_without_story ORDER BY source, 1, 2;
SELECT waive_commit('org/app', 'abcdef1', 'agreed', 'Ada', '2199-01-01 07:00Z');
SELECT unwaive_commit('org/app', 'abcdef1');
SELECT unwaive_commit('org/app', 'abcdef1');
SELECT waive_commit('org/app', 'abcdef', 'which?', 'Grace');
SELECT waive_commit('org/app', '0000000', 'which?', 'Grace');
SELECT waive_commit('org/app', 'abc', 'which?', 'Grace');
SELECT waive_commit('org/aap', 'abcdef1', 'where?', 'Grace');
SELECT waive_commit('org/lib', 'abcdef1', 'whose?', 'Grace');
SELECT waive_commit('org/lib', 'abcdef1', 'the other''s', 'Grace', source => 'other');
SELECT waive_commit('org/lib', 'feed001', 'only one has it', 'Grace');
SELECT source, repository, left(sha, 7), waived_by FROM commit_waivers ORDER BY 1, 2, 3;
SELECT facts.settle() >= 0;
-- A commit that names nothing is linked to a story by hand; under a former key it is the story's that bore it.
SELECT link_commit('git', 'org/app', 'abcdef1', 'app-2');
SELECT facts.settle() > 0;
SELECT issue_key, named_key, evidence, counts FROM issue_commits WHERE evidence = 'explicit';
SELECT facts.states();
SELECT link_commit('git', 'org/app', 'abcdef1', 'APP-2');
SELECT link_commit('git', 'org/app', 'abcdef2', 'APP-99');
SELECT link_commit('git', 'org/app', '1234567', 'APP-2');
SELECT link_commit('gut', 'org/app', 'abcdef1', 'APP-2');
-- And taken back; what its own message links stays.
SELECT link_commit('git', 'org/app', 'abcdef2', 'OPS-2');
SELECT unlink_commit('git', 'org/app', 'abcdef2', 'OPS-2');
SELECT unlink_commit('git', 'org/app', 'abcdef2', 'OPS-2');
SELECT unlink_commit('git', 'org/app', 'abcdef2', 'APP-1');
SELECT unlink_commit('git', 'org/app', 'abcdef1', 'APP-2');
SELECT facts.settle() > 0;
SELECT facts.states();
-- A reader may ask for all of it and change none.
SET ROLE jirasync_reader;
SELECT count(*) > 0 FROM jirasync.explain_issue('OPS-2');
SELECT count(*) FROM jirasync.epic_coverage;
SELECT jirasync.waive_issue('OPS-2', 'x');
SELECT jirasync.link_commit('git', 'org/app', 'abcdef1', 'OPS-2');
RESET ROLE;
SELECT correlation_rebuild();
