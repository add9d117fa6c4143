-- What becomes of a git host's deliveries: rows, outcomes and jobs; and what pushes leave out.
\set ECHO none
\ir ../support/facts.sql
\set VERBOSITY terse
\pset format unaligned
\pset tuples_only on
SET search_path = jirasync, facts, public;
SET timezone = 'UTC';
CREATE VIEW facts.told AS
SELECT c.sha, c.message, array_to_string(c.parents, ',') AS parents, c.author, c.is_from_history,
       (SELECT string_agg(k.key, ',' ORDER BY k.key) FROM commit_keys k
        WHERE k.tenant = c.tenant AND k.source = c.source AND k.repository = c.repository AND k.sha = c.sha
          AND k.evidence = 'message') AS keys,
       (SELECT string_agg(r.candidate || ' ' || r.reason, ',' ORDER BY 1) FROM refused_keys r
        WHERE r.tenant = c.tenant AND r.source = c.source AND r.repository = c.repository AND r.sha = c.sha) AS refused
FROM commits c;
-- The keys of the jobs that wait; the numbers in a range depend on what was tried before.
CREATE FUNCTION facts.jobs() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
    WITH gone AS (DELETE FROM jobs RETURNING kind || ' ' || regexp_replace(key, '#.*', '#FROM-TO') AS job)
    SELECT g.job FROM gone g ORDER BY g.job COLLATE "C";
END
$$;
\set ECHO all

-- A push of two commits: the ref's change, what it lists, the commits, their keys, one job for the commits and one for the ref.
SELECT facts.git('{"default_branch": "main", "changes": [{"ref": "main", "before": "00", "after": "b1", "total": 2,
    "commits": [{"sha": "a1", "message": "APP-1 one", "author": "Ada", "author_email": "ada@example.com",
                 "authored_at": "2026-03-01T10:00:00Z", "committed_at": "2026-03-01T10:05:00Z", "keys": ["APP-1"]},
                {"sha": "b1", "message": "APP-2 two, APP-007", "author": "Ada", "is_known_elsewhere": true, "keys": ["APP-2"],
                 "refused": [{"text": "APP-007", "reason": "leading_zero"}]}]}]}', 'p1', '2026-03-01 11:00Z');
SELECT ref, kind, delivery_id, change, before, after, listed, total, is_whole, received_at, default_branch FROM pushes;
SELECT sha, delivery_id, change, place, is_known_elsewhere FROM push_commits ORDER BY place;
SELECT * FROM facts.told ORDER BY sha;
SELECT source, repository, default_branch FROM repositories;
SELECT delivery_id, outcome FROM deliveries;
SELECT facts.jobs();

-- The same delivery again is a duplicate; the same push under another id is a push of its own, and changes no commit.
CREATE TEMP TABLE seq AS SELECT sha, changed_seq FROM commits;
SELECT facts.git('{"default_branch": "main", "changes": [{"ref": "main", "before": "00", "after": "b1", "total": 2,
    "commits": [{"sha": "a1", "message": "APP-1 one", "author": "Ada", "author_email": "ada@example.com",
                 "authored_at": "2026-03-01T10:00:00Z", "committed_at": "2026-03-01T10:05:00Z", "keys": ["APP-1"]},
                {"sha": "b1", "message": "APP-2 two, APP-007", "author": "Ada", "is_known_elsewhere": true, "keys": ["APP-2"],
                 "refused": [{"text": "APP-007", "reason": "leading_zero"}]}]}]}', d, '2026-03-01 11:00Z')
FROM unnest('{p1,p2}'::text[]) d;
SELECT delivery_id, after FROM pushes ORDER BY 1;
SELECT count(*) FROM commits JOIN seq USING (sha, changed_seq);
SELECT facts.jobs();

-- Known parents beat none, whichever comes first; the keys are those of what is shown.
SELECT facts.git('{"changes": [{"ref": "dev", "before": "00", "after": "a1", "commits": [
    {"sha": "a1", "message": "APP-1", "parents": ["00"], "keys": ["APP-1"]}, {"sha": "c1", "parents": []}]}]}', 'p3');
SELECT facts.git('{"changes": [{"ref": "next", "before": null, "after": "c1", "commits": [
    {"sha": "c1", "message": "APP-3 and much more", "author": "Bob", "keys": ["APP-3"]}]}]}', 'p4');
SELECT sha, message, parents, author, keys FROM facts.told ORDER BY sha;
SELECT facts.jobs();

-- What an import has read stays, with its keys.
UPDATE commits SET is_from_history = true, message = 'as git has it', parents = '{}' WHERE sha = 'b1';
SELECT facts.git('{"changes": [{"ref": "dev", "before": "a1", "after": "b1", "commits": [
    {"sha": "b1", "message": "APP-9", "parents": ["a1"], "author": "Eve", "author_email": "e", "authored_at": "2026-03-01T10:00:00Z",
     "committed_at": "2026-03-01T10:00:00Z", "keys": ["APP-9"]}]}]}', 'p5');
SELECT sha, message, parents, is_from_history, keys, refused FROM facts.told WHERE sha = 'b1';
SELECT facts.jobs();

-- Several changes in one delivery; a deleted tag; a new branch without a commit of its own; a notice.
SELECT facts.git('{"changes": [{"ref": "v1", "kind": "tag", "before": "t1", "after": null},
    {"ref": "v2", "kind": "tag", "before": null, "after": "t2", "peeled": "b1"},
    {"ref": "APP-4-x", "before": null, "after": "b1", "branch_keys": ["APP-4"], "base_ref": "main"},
    {"ref": "APP-5", "before": null, "after": "", "is_notice": true, "is_whole": false, "branch_keys": ["APP-5"]}]}', 'p6', '2026-03-02 10:00Z');
SELECT change, ref, kind, before, after, peeled, is_notice, base_ref, branch_keys, listed FROM pushes WHERE delivery_id = 'p6' ORDER BY 1;
SELECT facts.jobs();

-- Pull requests: of each the look of the highest rank. In one second a merge beats the rest.
SELECT facts.git('{"pull_request": {"number": 7, "title": "APP-7 second", "state": "open", "updated_at": "2026-03-02T10:00:00Z",
                   "head_sha": "c1", "keys": ["APP-7"], "source_branch": "x", "target_branch": "main", "author": "ada"}}', 'r1');
SELECT facts.git('{"pull_request": {"number": 7, "title": "APP-7 first", "state": "open", "updated_at": "2026-03-02T09:00:00Z"}}', 'r2');
SELECT facts.git('{"pull_request": {"number": 7, "title": "APP-8", "state": "merged", "updated_at": "2026-03-02T11:00:00Z",
                   "merged_at": "2026-03-02T11:00:00Z", "merge_sha": "b1", "keys": ["APP-8"]}}', 'r3');
SELECT facts.git(jsonb_build_object('pull_request', jsonb_build_object('number', 7, 'state', 'open', 'title', n,
    'updated_at', '2026-03-02T11:00:00Z')), 'r4-' || n) FROM generate_series(1, 4) n;
SELECT number, title, state, head_sha, merge_sha, merged_at, updated_at, keys, delivery_id, rank_at FROM pull_requests;
SELECT delivery_id, outcome FROM deliveries WHERE delivery_id LIKE 'r%' ORDER BY 1;
SELECT facts.jobs();

-- The default branch is the one that the newest push told; one that comes late changes nothing; both branches are looked at.
SELECT facts.git('{"default_branch": "trunk", "changes": [{"ref": "trunk", "before": null, "after": "b1"}]}', 'b1', '2026-03-05 00:00Z');
SELECT default_branch FROM repositories;
SELECT facts.jobs();
SELECT facts.git('{"default_branch": "old", "changes": [{"ref": "old", "before": null, "after": "b1"}]}', 'b2', '2026-03-04 00:00Z');
SELECT facts.git('{"default_branch": "new"}', 'b3');
SELECT default_branch FROM repositories;
SELECT facts.jobs();
-- What an import told stays until a later push tells another.
UPDATE repositories SET default_branch = 'main', default_branch_at = '2026-03-06 00:00Z';
SELECT facts.git('{"default_branch": "old", "changes": [{"ref": "old", "before": "b1", "after": "a1"}]}', 'b4', '2026-03-05 12:00Z');
SELECT default_branch FROM repositories;
SELECT facts.git('{"default_branch": "old", "changes": [{"ref": "old", "before": "a1", "after": "b1"}]}', 'b5', '2026-03-06 12:00Z');
SELECT default_branch FROM repositories;

-- A document that tells nothing is ignored, and so is a delivery without one.
SELECT facts.git('{}', 'n1'), facts.git(NULL, 'n2', p_body => '{"zen": 1}');
SELECT delivery_id, outcome FROM deliveries WHERE delivery_id LIKE 'n%' ORDER BY 1;

-- A name that no index could hold beside the rest is refused, by its own row's fault.
\set VERBOSITY sqlstate
SELECT facts.git(jsonb_build_object('changes', jsonb_build_array(jsonb_build_object('ref', repeat('x', 10000), 'after', 'a1'))), 'w1');
SELECT facts.git(jsonb_build_object('repository', repeat('x', 10000), 'changes', '[{"ref": "x", "after": "a1"}]'::jsonb), 'w2');
SELECT facts.git(jsonb_build_object('changes', jsonb_build_array(jsonb_build_object('ref', 'x', 'after', 'a1', 'commits',
    jsonb_build_array(jsonb_build_object('sha', (SELECT string_agg(md5(n::text), '') FROM generate_series(1, 300) n))))) ), 'w3');
\set VERBOSITY terse
SELECT count(*) FROM deliveries WHERE delivery_id LIKE 'w%';

-- Replays: a delivery that was kept unread is read; one that was read otherwise is rewritten, and its ref looked at again.
TRUNCATE jobs;
SELECT facts.git(NULL, 'k1', '2026-03-07 00:00Z', '{"a": 1}');
SELECT facts.git('{"changes": [{"ref": "late", "before": null, "after": "e1", "commits": [
    {"sha": "e1", "message": "APP-6 longer at first", "keys": ["APP-6"]}, {"sha": "f1"}]}]}', 'k1', '2026-03-07 00:00Z', '{"a": 1}', true);
SELECT delivery_id, outcome FROM deliveries WHERE delivery_id = 'k1';
SELECT sha, message, keys FROM facts.told WHERE sha IN ('e1', 'f1') ORDER BY 1;
SELECT facts.jobs();
SELECT facts.git('{"changes": [{"ref": "later", "before": null, "after": "e1", "commits": [
    {"sha": "e1", "message": "APP-66", "keys": ["APP-66"]}]}]}', 'k1', '2026-03-07 00:00Z', '{"a": 1}', true);
SELECT ref, after, listed, received_at FROM pushes WHERE delivery_id = 'k1';
SELECT sha, place FROM push_commits WHERE delivery_id = 'k1';
SELECT sha, message, keys FROM facts.told WHERE sha IN ('e1', 'f1') ORDER BY 1;
SELECT facts.jobs();
-- The same again changes no commit; told by another push, too, a commit keeps its fullest look; new rules find other keys.
CREATE TEMP TABLE seq2 AS SELECT sha, changed_seq FROM commits;
SELECT facts.git('{"changes": [{"ref": "later", "before": null, "after": "e1", "commits": [
    {"sha": "e1", "message": "APP-66", "keys": ["APP-66"]}]}]}', 'k1', '2026-03-07 00:00Z', '{"a": 1}', true);
SELECT count(*) = (SELECT count(*) FROM commits) FROM commits JOIN seq2 USING (sha, changed_seq);
SELECT facts.git('{"changes": [{"ref": "more", "before": null, "after": "e1", "commits": [{"sha": "e1", "message": "APP-66, APP-67", "keys": ["APP-66"]}]}]}', 'k2');
SELECT facts.git('{"changes": [{"ref": "later", "before": null, "after": "e1", "commits": [
    {"sha": "e1", "message": "APP-66", "keys": ["APP-66"]}]}]}', 'k1', '2026-03-07 00:00Z', '{"a": 1}', true);
SELECT sha, message, keys FROM facts.told WHERE sha = 'e1';
SELECT facts.git('{"changes": [{"ref": "more", "before": null, "after": "e1", "commits": [{"sha": "e1", "message": "APP-66, APP-67", "keys": ["APP-66", "APP-67"]}]}]}',
    'k2', now(), '{"changes": [{"ref": "more", "after": "e1", "before": null, "commits": [{"sha": "e1", "keys": ["APP-66"], "message": "APP-66, APP-67"}]}]}', true);
SELECT sha, message, keys FROM facts.told WHERE sha = 'e1';
-- Read as telling of nothing any more.
SELECT facts.git(NULL, 'k1', '2026-03-07 00:00Z', '{"a": 1}', true);
SELECT count(*) FROM pushes WHERE delivery_id = 'k1';
SELECT outcome FROM deliveries WHERE delivery_id = 'k1';
-- A pull request's look is rewritten by its own delivery alone.
SELECT facts.git('{"pull_request": {"number": 8, "title": "as read once", "state": "open", "updated_at": "2026-03-08T10:00:00Z"}}', 'k3', now(), '{"k": 3}');
SELECT facts.git('{"pull_request": {"number": 8, "title": "as read now", "state": "open", "updated_at": "2026-03-08T09:00:00Z"}}', 'k3', now(), '{"k": 3}', true);
SELECT title, updated_at FROM pull_requests WHERE number = 8;
SELECT facts.git('{"pull_request": {"number": 7, "title": "APP-7 second", "state": "open", "updated_at": "2026-03-02T10:00:00Z"}}', 'r1', now(),
    '{"pull_request": {"number": 7, "title": "APP-7 second", "state": "open", "updated_at": "2026-03-02T10:00:00Z", "head_sha": "c1", "keys": ["APP-7"], "source_branch": "x", "target_branch": "main", "author": "ada"}}', true);
SELECT title FROM pull_requests WHERE number = 7;

-- Gaps: what was truncated, not listed at all, or only noticed, until an import reads the ref or its newest commit.
DELETE FROM pushes;
DELETE FROM refs;
SELECT facts.git('{"changes": [{"ref": "cut", "before": "a1", "after": "g1", "total": 30, "is_whole": false, "commits": [{"sha": "g1"}]},
    {"ref": "bare", "before": "a1", "after": "g2", "is_whole": false}, {"ref": "whole", "before": "a1", "after": "g3", "commits": [{"sha": "g3"}]},
    {"ref": "gone", "before": "a1", "after": null, "is_whole": false}]}', 'g1', '2026-04-01 00:00Z');
SELECT facts.git('{"changes": [{"ref": "told", "before": null, "after": "g4"}]}', 'g2', '2026-04-01 00:00Z');
SELECT facts.git('{"changes": [{"ref": "told", "before": null, "after": "", "is_notice": true, "is_whole": false}]}', 'g3', '2026-04-01 00:00Z');
SELECT facts.git('{"changes": [{"ref": "told", "before": null, "after": "", "is_notice": true, "is_whole": false}]}', 'g4', '2026-04-02 00:00Z');
SELECT facts.git('{"changes": [{"ref": "lost", "before": null, "after": null, "is_notice": true, "is_whole": false}]}', 'g5', '2026-04-02 00:00Z');
INSERT INTO refs (tenant, source, repository, ref, kind, sha, seen_at, uncertain) VALUES ('main', 'git', 'org/app', 'whole', 'branch', 'g3', now(), true);
SELECT ref, delivery_id, received_at, listed, total, before, after, reason FROM push_gaps ORDER BY ref, delivery_id;
UPDATE commits SET is_from_history = true WHERE sha = 'g1';
INSERT INTO refs (tenant, source, repository, ref, kind, sha, seen_at, imported_at)
VALUES ('main', 'git', 'org/app', 'bare', 'branch', 'g2', now(), '2026-03-31 00:00Z'), ('main', 'git', 'org/app', 'told', 'branch', 'g4', now(), '2026-04-01 12:00Z');
UPDATE refs SET uncertain = false WHERE ref = 'whole';
SELECT ref, delivery_id, reason FROM push_gaps ORDER BY ref;
-- An import of the repository closes those of refs that are there no more.
UPDATE refs SET imported_at = '2026-04-03 00:00Z' WHERE ref = 'bare';
SELECT ref, delivery_id, reason FROM push_gaps ORDER BY ref;

-- What names have that looks like a key and is none stands beside their keys, and shows with what messages have. Before anything
-- is known of the branch the name alone shows.
SELECT facts.git('{"repository": "org/names", "changes": [
    {"ref": "feature/NAME-007", "before": null, "after": "a7", "branch_keys": ["NAME-7"], "branch_refused": [
        {"text": "NAME-007", "reason": "leading_zero"}, {"text": "xNAME-7", "reason": "touches_right"}], "commits": [
        {"sha": "a7", "message": "NAME-007", "committed_at": "2026-05-01T10:00:00Z", "refused": [{"text": "NAME-007", "reason": "leading_zero"}]}]},
    {"ref": "NAME-008", "before": null, "after": "", "is_notice": true, "is_whole": false, "branch_refused": [{"text": "NAME-008", "reason": "leading_zero"}]},
    {"ref": "fine", "before": null, "after": "a7", "branch_refused": []}]}', 'o1', '2026-05-02 00:00Z');
SELECT ref, branch_refused FROM pushes WHERE repository = 'org/names' ORDER BY change;
SELECT subject, name, candidate, reason, sha, seen_at FROM refused_names ORDER BY 1, 2, 3;
SELECT prefix, reason, commits, example_sha, last_seen FROM refused_issue_keys WHERE prefix LIKE '%NAME' ORDER BY 1, 2;
-- With its tip known the branch counts as the commit there, once, whatever names it.
SELECT facts.settle() >= 0;
SELECT subject, name, candidate, reason, sha, seen_at FROM refused_names ORDER BY 1, 2, 3;
SELECT prefix, reason, commits, example_sha, last_seen FROM refused_issue_keys WHERE prefix LIKE '%NAME' ORDER BY 1, 2;
-- A pull request has what its look of the highest rank has: the title changes, another look comes late, one comes again.
SELECT facts.git('{"repository": "org/names", "changes": [{"ref": "main", "before": null, "after": "cdef0123456789", "commits": [
    {"sha": "cdef0123456789", "committed_at": "2026-05-03T00:00:00Z"}]}]}', 'o2', '2026-05-03 00:00Z');
SELECT facts.git('{"repository": "org/names", "pull_request": {"number": 3, "title": "NAME-9999999999999999999", "state": "open",
    "updated_at": "2026-05-02T10:00:00Z", "head_sha": "cdef01234567", "refused": [{"text": "NAME-9999999999999999999", "reason": "too_long"}]}}', 'o3');
SELECT name, candidate, reason, sha, seen_at FROM refused_names WHERE subject = 'pull_request' ORDER BY 1, 2;
SELECT facts.git('{"repository": "org/names", "pull_request": {"number": 3, "title": "7NAME-1: and NAME-02", "state": "merged",
    "updated_at": "2026-05-02T12:00:00Z", "head_sha": "cdef01234567", "merge_sha": "a7", "refused": [
        {"text": "NAME-1", "reason": "touches_left"}, {"text": "NAME-02", "reason": "leading_zero"}]}}', 'o4');
SELECT facts.git('{"repository": "org/names", "pull_request": {"number": 3, "title": "NAME-03", "state": "open",
    "updated_at": "2026-05-02T11:00:00Z", "refused": [{"text": "NAME-03", "reason": "leading_zero"}]}}', 'o5');
SELECT facts.git('{"repository": "org/names", "pull_request": {"number": 4, "title": "NAME-04", "state": "open",
    "updated_at": "2026-05-02T11:00:00Z", "refused": [{"text": "NAME-04", "reason": "leading_zero"}]}}', d) FROM unnest('{o6,o6,o7}'::text[]) d;
SELECT number, refused, delivery_id FROM pull_requests WHERE repository = 'org/names' ORDER BY 1;
SELECT name, candidate, reason, sha, seen_at FROM refused_names WHERE subject = 'pull_request' ORDER BY 1, 2;
SELECT prefix, reason, commits, example_sha, last_seen FROM refused_issue_keys WHERE prefix LIKE '%NAME' ORDER BY 1, 2;
SELECT facts.git('{"repository": "org/names", "pull_request": {"number": 3, "title": "NAME-2", "state": "merged",
    "updated_at": "2026-05-02T13:00:00Z", "head_sha": "cdef01234567", "merge_sha": "a7", "keys": ["NAME-2"], "refused": []}}', 'o8');
SELECT number, refused, delivery_id FROM pull_requests WHERE repository = 'org/names' ORDER BY 1;
-- Read anew by another rule, the push has what that finds; the branch that is deleted was called so all the same.
SELECT facts.git('{"repository": "org/names", "changes": [{"ref": "feature/NAME-007", "before": "a7", "after": null,
    "branch_refused": [{"text": "NAME-007", "reason": "leading_zero"}]}]}', 'o9', '2026-05-04 00:00Z');
SELECT facts.git('{"repository": "org/names", "changes": [{"ref": "feature/NAME-007", "before": null, "after": "a7",
    "branch_refused": [{"text": "NAME-007", "reason": "leading_zero"}]}]}', 'o1', '2026-05-02 00:00Z',
    (SELECT convert_from(body, 'UTF8') FROM deliveries WHERE delivery_id = 'o1'), true);
SELECT facts.settle() >= 0;
SELECT name, candidate, reason, sha, seen_at FROM refused_names WHERE subject = 'branch' ORDER BY 1, 2;
-- A project that is not known shows, too, where no commit stands behind the name: by its branch and its pull request, once for each,
-- until it is known. Where commits have it by the name, these are counted.
SELECT facts.git('{"repository": "org/names", "changes": [{"ref": "LATER-1", "before": null, "after": "b2", "branch_keys": ["LATER-1"]},
    {"ref": "LATER-2", "before": null, "after": "b3", "branch_keys": ["LATER-2"], "commits": [{"sha": "b3", "committed_at": "2026-05-05T00:00:00Z"}]}]}',
    'o10', '2026-05-05 12:00Z');
SELECT facts.git('{"repository": "org/names", "changes": [{"ref": "LATER-1", "before": "b2", "after": null, "branch_keys": ["LATER-1"]}]}',
    'o11', '2026-05-06 00:00Z');
SELECT facts.git('{"repository": "org/names", "pull_request": {"number": 5, "title": "LATER-3 and OTHER-1", "state": "open",
    "updated_at": "2026-05-06T11:00:00Z", "keys": ["LATER-3", "OTHER-1"]}}', 'o12');
SELECT facts.settle() >= 0;
SELECT subject, name, candidate, sha, seen_at FROM refused_names WHERE candidate ~ 'LATER|OTHER' ORDER BY 1, 2, 3;
SELECT prefix, reason, commits, example_sha, last_seen FROM refused_issue_keys WHERE prefix ~ 'LATER|OTHER' ORDER BY 1;
SELECT facts.issue(77, 'LATER-9', '2026-03-01 00:00Z') IS NULL, facts.settle() >= 0;
SELECT subject, name, candidate, reason FROM refused_names WHERE candidate ~ 'LATER|OTHER' ORDER BY 1, 2, 3;
SELECT prefix, reason, commits FROM refused_issue_keys WHERE prefix ~ 'LATER|OTHER' ORDER BY 1;
