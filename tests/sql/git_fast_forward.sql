-- Pull requests that are merged by a fast-forward: no merge commit, and the target is put on the request's own newest commit.
\set ECHO none
\ir ../support/git_facts.sql
\set ECHO all

-- GitLab: merge_commit_sha is null, no parents are told, the title alone has the key. Must come out: one, two and three by
-- pull_request, which count, and APP-1 covered, whichever is told first; not base.
SELECT facts.pushed(1, 'org/push main', NULL, 'base', facts.listed('base: begin'));
SELECT facts.pushed(2, 'org/push work', NULL, 'three', facts.listed('one: form'), facts.listed('two: field'), facts.listed('three: button'));
SELECT facts.request('org/push', 1, 'APP-1 Login', 'work', '{APP-1}');
SELECT facts.pushed(3, 'org/push main', 'base', 'three', facts.listed('one: form'), facts.listed('two: field'), facts.listed('three: button'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-1';
SELECT facts.request('org/push', 1, 'APP-1 Login', 'work', '{APP-1}', p_head => 'three');
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-1';
SELECT * FROM facts.story WHERE issue_key = 'APP-1';
SELECT correlation_rebuild();
SELECT facts.request('org/request', 2, 'APP-2 Login', 'work', '{APP-2}', p_head => 'three');
SELECT facts.settle() >= 0;
SELECT facts.pushed(1, 'org/request main', NULL, 'base', facts.listed('base: begin'));
SELECT facts.pushed(2, 'org/request work', NULL, 'three', facts.listed('one: form'), facts.listed('two: field'), facts.listed('three: button'));
SELECT facts.settle() >= 0;
SELECT facts.pushed(3, 'org/request main', 'base', 'three', facts.listed('one: form'), facts.listed('two: field'), facts.listed('three: button'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-2';
SELECT correlation_rebuild();

-- "This reverts merge request !2" takes back all of them. Must come out: all three taken back, APP-2 reverted; APP-1 covered still.
SELECT facts.pushed(4, 'org/request main', 'three', 'undo', facts.listed('undo: Revert "Login"', reverts => '{#2}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-2';
SELECT * FROM facts.story WHERE issue_key IN ('APP-1', 'APP-2');
SELECT correlation_rebuild();
-- A later look has another title and another newest commit. Must come out: nothing of APP-2's, and nothing taken back.
SELECT facts.git(jsonb_build_object('repository', 'org/request', 'pull_request', jsonb_build_object('number', 2, 'target_branch', 'main',
    'state', 'merged', 'head_sha', facts.sha('elsewhere'), 'keys', '["APP-3"]'::jsonb, 'updated_at', '2026-03-02T13:00:00Z')));
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key IN ('APP-2', 'APP-3');
SELECT count(*) FROM reverted_commits WHERE repository = 'org/request';
SELECT correlation_rebuild();

-- Bitbucket tells the newest commit as the merged one, Cloud twelve digits of either. Must come out: one and two by pull_request.
SELECT facts.pushed(1, 'org/cloud main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(3, 'org/cloud main', 'base', 'two', facts.listed('one: form', '{base}'), facts.listed('two: field', '{one}'));
SELECT facts.settle() >= 0;
SELECT facts.request('org/cloud', 4, 'APP-4 Login', 'work', '{APP-4}', 'two', p_head => 'two', p_digits => 12);
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-4';
SELECT correlation_rebuild();

-- It went on from a branch that was merged by another request into this one's: all is what it brought, and it had a merge. Must
-- come out: one, join and two by APP-5's request; one also by APP-6's, which was merged into work.
SELECT facts.pushed(1, 'org/stack main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/stack work', NULL, 'base');
SELECT facts.pushed(3, 'org/stack work', 'base', 'join', facts.listed('one: form', '{base}'), facts.listed('join: Merge it', '{base,one}', '{}', '{}'));
SELECT facts.git(jsonb_build_object('repository', 'org/stack', 'pull_request', jsonb_build_object('number', 6, 'target_branch', 'work',
    'state', 'merged', 'head_sha', facts.sha('one'), 'merge_sha', facts.sha('join'), 'keys', '["APP-6"]'::jsonb)));
SELECT facts.pushed(4, 'org/stack work', 'join', 'two', facts.listed('two: field', '{join}'));
SELECT facts.request('org/stack', 5, 'APP-5 Login', 'work', '{APP-5}', p_head => 'two');
SELECT facts.pushed(5, 'org/stack main', 'base', 'two', facts.listed('one: form', '{base}'), facts.listed('join: Merge it', '{base,one}', '{}', '{}'), facts.listed('two: field', '{join}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key IN ('APP-5', 'APP-6');
SELECT correlation_rebuild();

-- What may be another's is not handed on. The request is open; it was merged by a merge commit, or squashed; the push went past
-- its newest commit, since somebody pushed more with it; it moved another branch than the target, or made it; it dropped commits.
-- Must come out: of each its newest commit alone has the key, as any request's has.
SELECT facts.pushed(1, 'org/other main', NULL, 'base', facts.listed('base: begin'));
SELECT facts.pushed(2, 'org/other main', 'base', 'open', facts.listed('aa: form'), facts.listed('open: APP-7'));
SELECT facts.git(jsonb_build_object('repository', 'org/other', 'pull_request', jsonb_build_object('number', 7, 'target_branch', 'main',
    'state', 'open', 'head_sha', facts.sha('open'), 'keys', '["APP-7"]'::jsonb)));
SELECT facts.pushed(3, 'org/other main', 'open', 'merged', facts.listed('bb: form'), facts.listed('merged: APP-7'));
SELECT facts.request('org/other', 8, 'APP-7 Login', 'work', '{APP-7}', 'elsewhere', p_head => 'merged');
SELECT facts.pushed(4, 'org/other main', 'merged', 'past', facts.listed('cc: form'), facts.listed('within: APP-7'), facts.listed('past: other work'));
SELECT facts.request('org/other', 9, 'APP-7 Login', 'work', '{APP-7}', p_head => 'within');
SELECT facts.pushed(5, 'org/other feature', 'base', 'side', facts.listed('dd: form'), facts.listed('side: APP-7'));
SELECT facts.request('org/other', 10, 'APP-7 Login', 'work', '{APP-7}', p_head => 'side');
SELECT facts.pushed(6, 'org/made main', NULL, 'made', facts.listed('ee: form'), facts.listed('made: APP-7'));
SELECT facts.request('org/made', 11, 'APP-7 Login', 'work', '{APP-7}', p_head => 'made');
SELECT facts.pushed(7, 'org/other main forced', 'past', 'forced', facts.listed('ff: form'), facts.listed('forced: APP-7'));
SELECT facts.request('org/other', 12, 'APP-7 Login', 'work', '{APP-7}', p_head => 'forced');
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-7' AND evidence = 'pull_request';
SELECT correlation_rebuild();
