-- Entities other than issues: by rank, with tombstones that hold, and what versions and projects mean for their issues.
\set QUIET on
\pset format unaligned
\pset tuples_only on
\set VERBOSITY terse
\o /dev/null
\set ECHO none
\ir ../support/facts.sql
\set ECHO all
\o
CREATE VIEW facts.waiting AS SELECT kind, key FROM jirasync.jobs WHERE state = 'available' ORDER BY kind, key;
CREATE VIEW facts.shown AS
SELECT issue_id, issue_key, project_key, parent_key, fix_versions, deleted_at IS NOT NULL AS is_deleted, is_stub
FROM jirasync.issues ORDER BY issue_id;
CREATE VIEW facts.scope AS
SELECT issue_id, version_id, fix_version, added_at AT TIME ZONE 'UTC' AS added, removed_at AT TIME ZONE 'UTC' AS removed
FROM jirasync.issue_fix_versions ORDER BY issue_id, added_at, version_id;

-- A comment: the newest look of it counts, in whatever order they come; its delete holds against late edits.
SELECT facts.entity('comment', '7', '2026-03-02 00:00Z', p_issue => 1, p_text => 'second', p_author => 'ada',
                    p_updated => '2026-03-02 00:00Z');
SELECT * FROM facts.shown;
SELECT * FROM facts.waiting;
SELECT facts.entity('comment', '7', '2026-03-01 00:00Z', p_issue => 1, p_text => 'first', p_updated => '2026-03-01 00:00Z');
SELECT facts.entity('comment', '7', '2026-03-04 00:00Z', p_mark => 1, p_text => 'as deleted', p_updated => '2026-03-03 00:00Z');
SELECT facts.entity('comment', '7', '2026-03-03 00:00Z', p_text => 'third', p_updated => '2026-03-03 00:00Z');
SELECT facts.entity('comment', '7', '2026-03-01 12:00Z', p_mark => 1);
SELECT comment_id, issue_id, author, body, updated_at AT TIME ZONE 'UTC', deleted_at AT TIME ZONE 'UTC' FROM jirasync.comments;
-- One whose delete came alone shows what that told, until a live look of it comes, however old.
SELECT facts.entity('comment', '8', '2026-03-04 00:00Z', p_mark => 1, p_issue => 1, p_text => 'as deleted');
SELECT body FROM jirasync.comments WHERE comment_id = 8;
SELECT facts.entity('comment', '8', '2026-03-01 00:00Z', p_text => 'alive');
SELECT body, issue_id, deleted_at IS NOT NULL FROM jirasync.comments WHERE comment_id = 8;
-- Worklogs, links, and all others.
SELECT facts.entity('worklog', '5', '2026-03-01 00:00Z', p_issue => 1, p_seconds => 3600);
SELECT facts.entity('issue_link', '6', '2026-03-01 00:00Z', p_text => 'Blocks', p_from => 1, p_to => 2);
SELECT facts.entity('sprint', '3', '2026-03-01 00:00Z', '{"id": 3, "name": "One", "goal": 12345678901234567890.123}');
SELECT facts.entity('attachment', '9', '2026-03-01 00:00Z', '{"filename": "a.txt"}', p_issue => 1);
SELECT worklog_id, issue_id, seconds_spent FROM jirasync.worklogs;
SELECT link_id, link_type, from_issue_id, to_issue_id FROM jirasync.issue_links;
SELECT kind, id, issue_id, body FROM jirasync.entities ORDER BY kind;

-- What belongs to a deleted issue goes with it, what is told before and after.
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{10}');
SELECT facts.issue_deleted(1, '2026-03-10 00:00Z');
SELECT facts.entity('comment', '11', '2026-03-01 00:00Z', p_issue => 1, p_text => 'late');
SELECT facts.entity('issue_link', '12', '2026-03-01 00:00Z', p_text => 'Blocks', p_from => 2, p_to => 1);
SELECT 'comment ' || comment_id, deleted_at AT TIME ZONE 'UTC' FROM jirasync.comments
UNION ALL SELECT 'worklog ' || worklog_id, deleted_at AT TIME ZONE 'UTC' FROM jirasync.worklogs
UNION ALL SELECT 'link ' || link_id, deleted_at AT TIME ZONE 'UTC' FROM jirasync.issue_links
UNION ALL SELECT kind || ' ' || id, deleted_at AT TIME ZONE 'UTC' FROM jirasync.entities ORDER BY 1;

-- A comment newer than its issue's row asks for the issue; an older one does not.
\o /dev/null
SELECT facts.settle();
DELETE FROM jirasync.jobs;
\o
SELECT facts.issue(2, 'APP-2', '2026-03-05 00:00Z', '{10,11}');
SELECT facts.settle() > 0;
SELECT facts.entity('comment', '21', '2026-03-04 00:00Z', p_issue => 2, p_updated => '2026-03-04 00:00Z');
SELECT * FROM facts.waiting;
SELECT facts.entity('comment', '22', '2026-03-06 00:00Z', p_issue => 2, p_updated => '2026-03-06 00:00Z');
SELECT * FROM facts.waiting;
SELECT facts.settle() >= 0;

-- A version: what its events tell, and its new name in its issues.
SELECT facts.entity('version', '10', '2026-03-06 00:00Z', '{"name": "1.10", "released": true, "archived": false,
    "releaseDate": "2026-03-31", "startDate": "2026-02-30", "projectId": 10000}');
SELECT facts.settle() > 0;
SELECT version_id, name, project_key, released, archived, start_date, release_date FROM jirasync.versions ORDER BY 1;
SELECT facts.entity('version', '10', '2026-03-07 00:00Z', '{"name": "1.10 final", "released": false}');
SELECT facts.settle() > 0;
SELECT * FROM facts.shown WHERE issue_id = 2;
-- Merged: its issues are in the other version from then on, also one that is told of later as it was before.
SELECT facts.entity('version', '10', '2026-03-08 00:00Z', '{"name": "1.10 final"}', p_mark => 1, p_merged_into => 12);
SELECT facts.settle() > 0;
SELECT facts.issue(3, 'APP-3', '2026-03-04 00:00Z', '{10}');
SELECT facts.issue(4, 'APP-4', '2026-03-07 12:00Z', '{12}', '{2.0}');
SELECT facts.settle() > 0;
SELECT version_id, name, merged_into, deleted_at AT TIME ZONE 'UTC' FROM jirasync.versions ORDER BY 1;
SELECT * FROM facts.shown WHERE issue_id > 1;
SELECT * FROM facts.scope WHERE issue_id > 1;
-- Deleted without an heir: out of its issues.
SELECT facts.entity('version', '11', '2026-03-09 00:00Z', '{"name": "1.11"}', p_mark => 1);
SELECT facts.settle() > 0;
SELECT * FROM facts.shown WHERE issue_id = 2;
SELECT * FROM facts.scope WHERE issue_id = 2;
SELECT jirasync.correlation_rebuild();

-- A project whose key changes takes its issues along; each number stands under every key.
SELECT facts.issue(5, 'LIB-1', '2026-03-01 00:00Z', parent => 2);
SELECT facts.issue(6, 'LIB-2', '2026-03-01 00:00Z', parent => 3);
SELECT facts.settle() > 0;
SELECT facts.entity('project', '10000', '2026-03-10 00:00Z', '{"key": "CORE", "name": "Core"}');
SELECT facts.settle() > 0;
SELECT project_id, project_key, name FROM jirasync.projects ORDER BY 1 LIMIT 1;
SELECT * FROM facts.shown WHERE issue_id > 1;
SELECT issue_key, issue_id FROM jirasync.issue_keys WHERE issue_id IN (2, 3) ORDER BY 2, 1;
-- An older change of the key that comes late adds its keys, and changes nothing else.
SELECT facts.entity('project', '10000', '2026-03-09 00:00Z', '{"key": "BASE", "name": "Base"}');
SELECT facts.settle() > 0;
SELECT issue_key, issue_id FROM jirasync.issue_keys WHERE issue_id IN (2, 3) ORDER BY 2, 1;
SELECT issue_key FROM jirasync.issues WHERE issue_id = 2;
SELECT facts.commit('a', '{BASE-3}', '2026-03-10 00:00Z'), facts.settle() > 0;
SELECT issue_key, named_key FROM jirasync.issue_commits;
SELECT jirasync.correlation_rebuild();
-- In the trash, and out of it again.
SELECT facts.entity('project', '10000', '2026-03-11 00:00Z', '{"key": "CORE"}', p_mark => 1);
SELECT facts.settle() > 0;
SELECT deleted_at AT TIME ZONE 'UTC', archived_at FROM jirasync.projects WHERE project_id = 10000;
SELECT * FROM facts.shown WHERE issue_id IN (1, 3);
SELECT count(*) FROM jirasync.issue_commits;
SELECT facts.entity('project', '10000', '2026-03-12 00:00Z', '{"key": "CORE"}', p_mark => 2);
SELECT facts.entity('project', '10000', '2026-03-13 00:00Z', '{"key": "CORE"}', p_mark => 3);
SELECT facts.settle() > 0;
SELECT deleted_at, archived_at AT TIME ZONE 'UTC' FROM jirasync.projects WHERE project_id = 10000;
SELECT * FROM facts.shown WHERE issue_id IN (1, 3);
SELECT count(*) FROM jirasync.issue_commits;
SELECT jirasync.correlation_rebuild();
SELECT outcome, count(*) FROM jirasync.deliveries GROUP BY 1 ORDER BY 1;
