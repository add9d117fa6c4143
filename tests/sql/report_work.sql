-- Whose work a report shows: of sub-tasks, of two sites with one key, of what was taken back.
\set ECHO none
\ir ../support/git_facts.sql
CREATE VIEW facts.orphan AS
SELECT o ->> 'repository' AS repository, o ->> 'subject' AS subject FROM json_array_elements(report_orphans('main', NULL, '1.5')) o;
CREATE FUNCTION facts.absent(p_version text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT concat_ws(' ', a ->> 'issue_key', a ->> 'reason')
    FROM report_ranges('main', NULL, p_version, '[{"repository": "org/sub", "from": "v0", "to": "v1"}]') r,
         json_array_elements(r.not_in_ranges) a $$;
SELECT facts.issue(50, 'APP-50', '2026-03-01 00:00Z', '{5}'), facts.issue(51, 'APP-51', '2026-03-01 00:00Z', parent => 50, parent_key => 'APP-50', level => -1, type => 'Sub-task');
SELECT facts.issue(52, 'APP-52', '2026-03-01 00:00Z'), facts.issue(53, 'APP-53', '2026-03-01 00:00Z', '{6}', parent => 52, parent_key => 'APP-52', level => -1, type => 'Sub-task');
SELECT facts.issue(54, 'APP-54', '2026-03-01 00:00Z', '{7}'), facts.issue(54, 'APP-54', '2026-03-01 00:00Z', '{7}', source => 'second');
SELECT facts.issue(55, 'APP-55', '2026-03-01 00:00Z', '{7}');
SELECT facts.pushed(1, 'org/sub main', NULL, 'gone', facts.listed('base: APP-55', '{}', '{APP-55}'), facts.listed('gone: Revert', '{base}', reverts => '{base}'));
SELECT facts.git(jsonb_build_object('repository', 'org/sub', 'changes', jsonb_build_array(
    jsonb_build_object('ref', 'v0', 'kind', 'tag', 'after', facts.sha('gone'), 'is_whole', true),
    jsonb_build_object('ref', 'v1', 'kind', 'tag', 'after', facts.sha('odd'), 'is_whole', true))), 'tags', '2026-03-02 09:00Z');
SELECT facts.pushed(2, 'org/sub main', 'gone', 'odd', facts.listed('work: APP-51', '{gone}', '{APP-51}'), facts.listed('other: APP-53', '{work}', '{APP-53}'),
    facts.listed('odd: no key here', '{other}'));
SELECT facts.settle() >= 0;
\set ECHO all
-- APP-50 is in 1.5, and all its work is that of a sub-task without a version. Must come out: what has no key in that repository.
SELECT * FROM facts.orphan;
-- APP-53 is a sub-task in 1.6 of a story that is in no version. Must come out: in_version, 1.6.
SELECT finding, issue_key, fix_versions FROM report_range('main', NULL, NULL, 'git', 'org/sub', 'v0', 'v1') WHERE issue_key = 'APP-52';
-- Two sites have an APP-54, alike and missing; APP-55 landed, and was taken back. Must come out: both APP-54, and APP-55 taken_back.
SELECT * FROM facts.absent('1.7') ORDER BY 1;
