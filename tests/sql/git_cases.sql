-- What becomes of stories when their work is merged, squashed, picked, taken back, rebased and forced away: told by pushes.
\set ECHO none
\ir ../support/facts.sql
\set VERBOSITY terse
\pset format unaligned
\pset tuples_only on
SET search_path = jirasync, facts, public;
SET timezone = 'UTC';
-- A commit as a push lists it. Without parents the host does not tell them. handed: what a merge hands down.
CREATE FUNCTION facts.listed(
    p_message text, parents text[] DEFAULT NULL, keys text[] DEFAULT '{}', handed text[] DEFAULT NULL,
    reverts text[] DEFAULT NULL, picked text DEFAULT NULL, known boolean DEFAULT false) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object(
        'sha', facts.sha(split_part(p_message, ':', 1)), 'message', p_message, 'author', 'Ada',
        'parents', (SELECT jsonb_agg(facts.sha(p)) FROM unnest(parents) p), 'keys', keys, 'handed_keys', handed,
        'is_merge_named', handed IS NOT NULL, 'committed_at', '2026-03-01T00:00:00Z', 'is_known_elsewhere', known,
        'reverts', (SELECT jsonb_agg(CASE WHEN r LIKE '#%' THEN r ELSE facts.sha(r) END) FROM unnest(reverts) r),
        'picked_from', facts.sha(picked)) $$;
-- A push, received at that hour of the day; commits are named by the word before the colon of their message.
CREATE FUNCTION facts.pushed(
    p_hour int, p_ref text, p_before text, p_after text, VARIADIC p_commits jsonb[] DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT facts.git(jsonb_build_object('repository', split_part(p_ref, ' ', 1), 'default_branch', 'main', 'changes',
        jsonb_build_array(jsonb_build_object(
            'ref', split_part(p_ref, ' ', 2), 'before', facts.sha(p_before), 'after', facts.sha(p_after),
            'is_forced', split_part(p_ref, ' ', 3) = 'forced', 'commits', to_jsonb(p_commits),
            'branch_keys', coalesce((SELECT jsonb_agg(m[1]) FROM regexp_matches(p_ref, '(APP-\d+)', 'g') m), '[]')))),
        p_ref || ' ' || p_hour, '2026-03-02 00:00Z'::timestamptz + p_hour * interval '1 hour') $$;
CREATE FUNCTION facts.request(p_repository text, p_number int, p_title text, p_branch text, p_keys text[], p_merge text DEFAULT NULL,
    p_commits int DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
    SELECT facts.git(jsonb_build_object('repository', p_repository, 'pull_request', jsonb_build_object(
        'number', p_number, 'title', p_title, 'source_branch', p_branch, 'target_branch', 'main',
        'state', CASE WHEN p_merge IS NULL THEN 'open' ELSE 'merged' END, 'merge_sha', facts.sha(p_merge), 'keys', p_keys,
        'commit_count', p_commits,
        'updated_at', CASE WHEN p_merge IS NULL THEN '2026-03-02T01:00:00Z' ELSE '2026-03-02T12:00:00Z' END))) $$;
CREATE VIEW facts.story AS
SELECT issue_key, state, reason, commits, repositories FROM story_coverage;
-- Which commits the story has: name, evidence, whether it counts, where it is taken back.
CREATE VIEW facts.work AS
SELECT l.issue_key, split_part(c.message, ':', 1) AS name, l.evidence,
       concat_ws(', ', CASE WHEN l.counts THEN 'counts' ELSE 'does not count' END, CASE WHEN l.is_merge THEN 'a merge' END,
                 CASE WHEN l.is_revert THEN 'a revert' END, 'taken back on ' || array_to_string(l.reverted_on, ' and '),
                 CASE WHEN l.reverted_by IS NOT NULL THEN 'everywhere' END, CASE WHEN l.is_unreachable THEN 'unreachable' END,
                 'picked from ' || (SELECT split_part(o.message, ':', 1) FROM commits o
                                    WHERE o.repository = l.repository AND o.sha = l.original_sha)) AS standing
FROM issue_commits l
JOIN commits c ON c.tenant = l.tenant AND c.source = l.commit_source AND c.repository = l.repository AND c.sha = l.sha
ORDER BY 1, 2, 3;
-- Branches, tags and what branches had once, with what each was cut from and the commits on it, by name and position.
CREATE FUNCTION facts.named(p_repository text, p_ref text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws('~', split_part(p_ref, '~', 1), CASE WHEN p_ref LIKE '%~%' THEN coalesce((
        SELECT split_part(c.message, ':', 1) FROM commits c
        WHERE c.repository = p_repository AND left(c.sha, 12) = split_part(p_ref, '~', 2)), '') END) $$;
CREATE VIEW facts.line AS
SELECT r.repository, facts.named(r.repository, r.ref) AS line, CASE WHEN r.uncertain THEN 'uncertain' ELSE 'certain' END AS is_sure,
       'cut from ' || facts.named(r.repository, r.parent_ref) || ' at ' || r.fork_position AS cut,
       (SELECT string_agg(split_part(c.message, ':', 1) || ' at ' || o.position, ', ' ORDER BY o.position, c.message)
        FROM commit_refs o
        JOIN commits c ON c.tenant = o.tenant AND c.source = o.source AND c.repository = o.repository AND c.sha = o.sha
        WHERE o.repository = r.repository AND o.ref = r.ref) AS commits
FROM refs r ORDER BY 1, 2;
SELECT facts.issue(n, 'APP-' || n, '2026-03-01 00:00Z', '{10}') IS NULL FROM generate_series(1, 20) n;
\set ECHO all

-- A merge with the key in the branch's name alone, by a host that tells parents. Neither commit says APP-1; the merge's
-- subject does. Must come out: APP-1 covered; merge by message, one and two by merge, and by branch under whose name they
-- were pushed; all count. The branch is gone then, and nothing is lost with it.
SELECT facts.pushed(1, 'org/merge main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/merge feature/APP-1-cart', NULL, 'two', facts.listed('one: cart', '{base}'), facts.listed('two: cart', '{one}'));
SELECT facts.settle() >= 0;
-- Before the merge: one and two by branch, which do not count; APP-1 unmerged.
SELECT * FROM facts.story WHERE issue_key = 'APP-1';
SELECT * FROM facts.work WHERE issue_key = 'APP-1';
SELECT facts.pushed(3, 'org/merge main', 'base', 'merge', facts.listed('one: cart', '{base}'), facts.listed('two: cart', '{one}'),
    facts.listed('merge: Merge branch feature/APP-1-cart', '{base,two}', '{APP-1}', '{APP-1}'));
SELECT facts.pushed(4, 'org/merge feature/APP-1-cart', 'two', NULL);
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-1';
SELECT * FROM facts.work WHERE issue_key = 'APP-1';

-- The same by a host that tells no parents, and says instead what earlier pushes had. Must come out: APP-2 as APP-1.
SELECT facts.pushed(1, 'org/merge2 main', NULL, 'base', facts.listed('base: begin'));
SELECT facts.pushed(2, 'org/merge2 feature/APP-2-cart', NULL, 'two', facts.listed('one: cart'), facts.listed('two: cart'));
SELECT facts.pushed(3, 'org/merge2 main', 'base', 'merge', facts.listed('one: cart', known => true), facts.listed('two: cart', known => true),
    facts.listed('merge: Merge branch feature/APP-2-cart', NULL, '{APP-2}', '{APP-2}'));
SELECT facts.pushed(4, 'org/merge2 feature/APP-2-cart', 'two', NULL);
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-2';
SELECT * FROM facts.work WHERE issue_key = 'APP-2';

-- A squash with the key in the pull request's title alone. Must come out: APP-3 covered by squash, by pull_request, which
-- counts. The branch's commit, gone with the branch, is unreachable and counts for nothing, by whatever evidence.
SELECT facts.pushed(1, 'org/squash main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/squash work', NULL, 'draft', facts.listed('draft: receipts', '{base}'));
SELECT facts.request('org/squash', 8, 'APP-3 Receipts', 'work', '{APP-3}');
SELECT facts.settle() >= 0;
-- Before it is merged: nothing of APP-3's has landed.
SELECT * FROM facts.story WHERE issue_key = 'APP-3';
SELECT facts.pushed(3, 'org/squash main', 'base', 'squash', facts.listed('squash: Receipts (#8)', '{base}'));
SELECT facts.request('org/squash', 8, 'APP-3 Receipts', 'work', '{APP-3}', 'squash');
SELECT facts.pushed(4, 'org/squash work', 'draft', NULL);
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-3';
SELECT * FROM facts.work WHERE issue_key = 'APP-3';

-- The same where the host tells the first twelve digits of the merged commit alone. Must come out: APP-14 covered by squash14.
SELECT facts.pushed(1, 'org/short main', NULL, 'squash14', facts.listed('base: begin', '{}'), facts.listed('squash14: Receipts (#9)', '{base}'));
SELECT facts.git(jsonb_build_object('repository', 'org/short', 'pull_request', jsonb_build_object('number', 9, 'title', 'APP-14 Receipts',
    'state', 'merged', 'merge_sha', left(facts.sha('squash14'), 12), 'keys', '["APP-14"]'::jsonb, 'updated_at', '2026-03-02T12:00:00Z')));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-14';
SELECT * FROM facts.work WHERE issue_key = 'APP-14';
-- Its revert names the pull request. Must come out: APP-14 reverted.
SELECT facts.pushed(2, 'org/short main', 'squash14', 'unsquash14', facts.listed('unsquash14: Reverts org/short#9', '{squash14}', reverts => '{#9}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-14';

-- The revert of a merge. Must come out: APP-4 reverted; one and two, and the merge itself, taken back on main, everywhere.
-- APP-5, whose commit lay on main before the merge, stays covered.
SELECT facts.pushed(1, 'org/unmerge main', NULL, 'before', facts.listed('before: APP-5', '{}', '{APP-5}'));
SELECT facts.pushed(2, 'org/unmerge work', NULL, 'two', facts.listed('one: APP-4', '{before}', '{APP-4}'), facts.listed('two: APP-4', '{one}', '{APP-4}'));
SELECT facts.pushed(3, 'org/unmerge main', 'before', 'merge', facts.listed('one: APP-4', '{before}', '{APP-4}'), facts.listed('two: APP-4', '{one}', '{APP-4}'),
    facts.listed('merge: Merge pull request #4 from work, APP-4', '{before,two}', '{APP-4}', '{APP-4}'));
SELECT facts.request('org/unmerge', 4, 'Work', 'work', '{}', 'merge');
SELECT facts.pushed(4, 'org/unmerge main', 'merge', 'unmerge', facts.listed('unmerge: Revert the merge', '{merge}', reverts => '{merge}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-4', 'APP-5');
SELECT * FROM facts.work WHERE issue_key IN ('APP-4', 'APP-5');
-- The same, told by the pull request's number: nothing changes when the revert of the merge is taken back and done again so.
SELECT facts.pushed(5, 'org/unmerge main', 'unmerge', 'remerge', facts.listed('remerge: Revert the revert', '{unmerge}', reverts => '{unmerge}'));
SELECT facts.settle() >= 0;
-- Must come out: APP-4 covered.
SELECT * FROM facts.story WHERE issue_key = 'APP-4';
SELECT facts.pushed(6, 'org/unmerge main', 'remerge', 'again', facts.listed('again: Reverts org/unmerge#4', '{remerge}', reverts => '{#4}'));
SELECT facts.settle() >= 0;
-- Must come out: APP-4 reverted.
SELECT * FROM facts.story WHERE issue_key = 'APP-4';

-- A revert on one release branch. Must come out: APP-6 covered, taken back on release/1.0 only; with the revert on main, too,
-- reverted, taken back on main and release/1.0, everywhere.
SELECT facts.pushed(1, 'org/release main', NULL, 'done', facts.listed('done: APP-6', '{}', '{APP-6}'));
SELECT facts.pushed(2, 'org/release release/1.0', NULL, 'done');
SELECT facts.pushed(3, 'org/release release/1.0', 'done', 'undone', facts.listed('undone: Revert', '{done}', reverts => '{done}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-6';
SELECT * FROM facts.work WHERE issue_key = 'APP-6';
SELECT facts.pushed(4, 'org/release main', 'done', 'undone2', facts.listed('undone2: Revert', '{done}', reverts => '{done}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-6';
SELECT * FROM facts.work WHERE issue_key = 'APP-6';

-- A revert of a revert. Must come out: APP-7 covered by done, which counts and is taken back nowhere; the two reverts count
-- for nothing themselves.
SELECT facts.pushed(1, 'org/twice main', NULL, 'done', facts.listed('done: APP-7', '{}', '{APP-7}'));
SELECT facts.pushed(2, 'org/twice main', 'done', 'undone', facts.listed('undone: Revert APP-7', '{done}', '{APP-7}', reverts => '{done}'));
SELECT facts.pushed(3, 'org/twice main', 'undone', 'redone', facts.listed('redone: Revert the revert of APP-7', '{undone}', '{APP-7}', reverts => '{undone}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-7';
SELECT * FROM facts.work WHERE issue_key = 'APP-7';

-- A cherry-pick with -x (APP-8) and one without (APP-9), both to a release branch that was cut before. Must come out: both
-- covered; picked8 says that it is picked from done8, picked9 says nothing.
SELECT facts.pushed(1, 'org/pick main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/pick release/1.0', NULL, 'base');
SELECT facts.pushed(3, 'org/pick main', 'base', 'done9', facts.listed('done8: APP-8', '{base}', '{APP-8}'), facts.listed('done9: APP-9', '{done8}', '{APP-9}'));
SELECT facts.pushed(4, 'org/pick release/1.0', 'base', 'picked9', facts.listed('picked8: APP-8', '{base}', '{APP-8}', picked => 'done8'),
    facts.listed('picked9: APP-9', '{picked8}', '{APP-9}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-8', 'APP-9');
SELECT * FROM facts.work WHERE issue_key IN ('APP-8', 'APP-9');
-- Taken back on the release branch by the names of the originals. Must come out: both covered, since main has them; picked8
-- is taken back everywhere, being the same work as done8; picked9, of which nobody says so, counts.
SELECT facts.pushed(5, 'org/pick release/1.0', 'picked9', 'undone9', facts.listed('undone8: Revert', '{picked9}', reverts => '{done8}'),
    facts.listed('undone9: Revert', '{undone8}', reverts => '{done9}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-8', 'APP-9');
SELECT * FROM facts.work WHERE issue_key IN ('APP-8', 'APP-9');
-- Taken back on main. Must come out: APP-8 reverted, as neither branch has it any more; APP-9 covered by picked9.
SELECT facts.pushed(6, 'org/pick main', 'done9', 'gone9', facts.listed('gone8: Revert', '{done9}', reverts => '{done8}'),
    facts.listed('gone9: Revert', '{gone8}', reverts => '{done9}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-8', 'APP-9');
SELECT * FROM facts.work WHERE issue_key IN ('APP-8', 'APP-9');

-- A branch made, deleted and made again. Must come out, while it is deleted: first is unreachable, counts for nothing, and
-- APP-10 is missing. In the end: APP-10 covered by second, which counts; first is unreachable still.
SELECT facts.pushed(1, 'org/again main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/again dev-APP-10', NULL, 'first', facts.listed('first: APP-10', '{base}', '{APP-10}'));
SELECT facts.pushed(3, 'org/again dev-APP-10', 'first', NULL);
SELECT facts.settle() >= 0;
SELECT ref, sha = facts.sha('first') AS is_first, deleted_at FROM refs WHERE repository = 'org/again' AND ref <> 'main';
SELECT * FROM facts.story WHERE issue_key = 'APP-10';
SELECT * FROM facts.work WHERE issue_key = 'APP-10';
SELECT facts.pushed(4, 'org/again dev-APP-10', NULL, 'second', facts.listed('second: APP-10', '{base}', '{APP-10}'));
SELECT facts.pushed(5, 'org/again main', 'base', 'second', facts.listed('second: APP-10', '{base}', '{APP-10}', known => true));
SELECT facts.settle() >= 0;
SELECT ref, sha = facts.sha('second') AS is_second, deleted_at FROM refs WHERE repository = 'org/again' ORDER BY 1;
SELECT * FROM facts.story WHERE issue_key = 'APP-10';
SELECT * FROM facts.work WHERE issue_key = 'APP-10';

-- A forced push of main that drops a commit. Must come out: APP-11 covered; APP-12 missing, dropped unreachable. Pushed
-- once more, APP-12 is covered, and dropped counts.
SELECT facts.pushed(1, 'org/forced main', NULL, 'dropped', facts.listed('kept: APP-11', '{}', '{APP-11}'), facts.listed('dropped: APP-12', '{kept}', '{APP-12}'));
SELECT facts.pushed(2, 'org/forced main forced', 'dropped', 'kept');
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-11', 'APP-12');
SELECT * FROM facts.work WHERE issue_key IN ('APP-11', 'APP-12');
SELECT facts.pushed(3, 'org/forced main', 'kept', 'dropped', facts.listed('dropped: APP-12', '{kept}', '{APP-12}', known => true));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-11', 'APP-12');
SELECT * FROM facts.work WHERE issue_key IN ('APP-11', 'APP-12');

-- A rebase. Must come out: APP-13 covered by one commit, new, which counts; old is unreachable and doubles nothing.
SELECT facts.pushed(1, 'org/rebase main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/rebase work', NULL, 'old', facts.listed('old: APP-13', '{base}', '{APP-13}'));
SELECT facts.pushed(3, 'org/rebase main', 'base', 'next', facts.listed('next: other', '{base}'));
SELECT facts.pushed(4, 'org/rebase work forced', 'old', 'new', facts.listed('next: other', '{base}', known => true), facts.listed('new: APP-13', '{next}', '{APP-13}'));
SELECT facts.pushed(5, 'org/rebase main', 'next', 'new', facts.listed('new: APP-13', '{next}', '{APP-13}', known => true));
SELECT facts.pushed(6, 'org/rebase work', 'new', NULL);
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-13';
SELECT * FROM facts.work WHERE issue_key = 'APP-13';

-- From here on: what the pushes that come say of other pushes' lines. Each time a rebuild must find nothing to change.
--
-- Forced to a commit of which nobody told, and pushed on from there. Must come out: next at 1, what was before at 1 to 2.
SELECT facts.pushed(1, 'org/unknown main', NULL, 'two', facts.listed('one: begin'), facts.listed('two: go on'));
SELECT facts.pushed(2, 'org/unknown main forced', 'two', 'untold');
SELECT facts.settle() >= 0;
SELECT facts.pushed(3, 'org/unknown main', 'untold', 'next', facts.listed('next: go on'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/unknown';
SELECT correlation_rebuild();

-- A branch was cut from a line that main had before it was made anew; how old that is, deliveries tell that come late.
-- Must come out: work is cut from main~first at 1.
SELECT facts.pushed(10, 'org/older main', NULL, 'first', facts.listed('first: begin', '{}'));
SELECT facts.pushed(11, 'org/older main', 'first', NULL);
SELECT facts.pushed(12, 'org/older main', NULL, 'second', facts.listed('second: begin', '{}'));
SELECT facts.pushed(9, 'org/older work', NULL, 'work', facts.listed('work: go on', '{first}'));
SELECT facts.settle() >= 0;
SELECT facts.pushed(5, 'org/older main', NULL, 'first', facts.listed('first: begin', '{}'));
SELECT facts.pushed(6, 'org/older main', 'first', NULL);
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/older';
SELECT correlation_rebuild();

-- Nobody told where release/1 was cut, so it is taken to be where main was by then; it was forced elsewhere since, and more of
-- main comes late. Must come out: release/1~old is cut from main at 2, release/1 from main at 1.
SELECT facts.pushed(1, 'org/guessed main', NULL, 'one', facts.listed('one: begin'));
SELECT facts.pushed(5, 'org/guessed release/1', NULL, 'old', facts.listed('old: go on'));
SELECT facts.pushed(6, 'org/guessed release/1 forced', 'old', 'new', facts.listed('new: go on', '{one}'));
SELECT facts.settle() >= 0;
SELECT facts.pushed(4, 'org/guessed main', 'one', 'two', facts.listed('two: go on'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/guessed';
SELECT correlation_rebuild();

-- The same where a second copy of a push says that main was there sooner, and nothing else. Must come out: first at 1, then at 2.
SELECT facts.pushed(1, 'org/sooner main', NULL, 'one', facts.listed('one: begin'));
SELECT facts.pushed(10, 'org/sooner main', 'one', 'two', facts.listed('two: go on'));
SELECT facts.pushed(5, 'org/sooner release/1', NULL, 'own', facts.listed('own: go on'));
SELECT facts.settle() >= 0;
SELECT cut FROM facts.line WHERE repository = 'org/sooner' AND line = 'release/1';
SELECT facts.pushed(4, 'org/sooner main', 'one', 'two', facts.listed('two: go on'));
SELECT facts.settle() >= 0;
SELECT cut FROM facts.line WHERE repository = 'org/sooner' AND line = 'release/1';
SELECT correlation_rebuild();

-- Another branch becomes the default one; both count before and after. Must come out: work, older than either, is cut from
-- release/1 first, then from release/2.
SELECT facts.pushed(2, 'org/default release/1', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(3, 'org/default release/2', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(0, 'org/default work', NULL, 'gone', facts.listed('gone: begin', '{}'));
SELECT facts.pushed(1, 'org/default work', 'gone', NULL);
SELECT facts.pushed(8, 'org/default work', NULL, 'work', facts.listed('work: go on', '{base}'));
SELECT facts.git('{"repository": "org/default", "default_branch": "release/1", "changes": [
    {"ref": "v1", "kind": "tag", "before": null, "after": "abcdef01"}]}', 'default 9', '2026-03-02 09:00Z');
SELECT facts.settle() >= 0;
SELECT cut FROM facts.line WHERE repository = 'org/default' AND line = 'work';
SELECT facts.git('{"repository": "org/default", "default_branch": "release/2", "changes": [
    {"ref": "v2", "kind": "tag", "before": null, "after": "abcdef02"}]}', 'default 10', '2026-03-02 10:00Z');
SELECT facts.settle() >= 0;
SELECT cut FROM facts.line WHERE repository = 'org/default' AND line = 'work';
SELECT correlation_rebuild();

-- The same where nobody tells what release/1 was cut from, and the branch that becomes the default one is younger. Must come out:
-- release/1 is cut from release/2, then from nothing.
SELECT facts.git('{"repository": "org/younger", "default_branch": "release/2", "changes": [{"ref": "release/2", "before": null,
    "after": "abcdef01", "commits": [{"sha": "abcdef01", "message": "base: begin"}]}]}', 'younger 1', '2026-03-02 01:00Z');
SELECT facts.git('{"repository": "org/younger", "default_branch": "release/2", "changes": [{"ref": "release/1", "before": null,
    "after": "abcdef02", "commits": [{"sha": "abcdef02", "message": "own: go on"}]}]}', 'younger 2', '2026-03-02 02:00Z');
SELECT facts.settle() >= 0;
SELECT cut FROM facts.line WHERE repository = 'org/younger' AND line = 'release/1';
SELECT facts.git('{"repository": "org/younger", "default_branch": "main", "changes": [{"ref": "main", "before": null,
    "after": "abcdef03", "commits": [{"sha": "abcdef03", "message": "new: begin"}]}]}', 'younger 3', '2026-03-02 03:00Z');
SELECT facts.settle() >= 0;
SELECT cut FROM facts.line WHERE repository = 'org/younger' AND line = 'release/1';
SELECT correlation_rebuild();

-- Nobody tells which branch is the default one: master is taken for it until there is a main. Must come out: main alone.
SELECT facts.git('{"repository": "org/trunk", "changes": [{"ref": "master", "before": null, "after": "abcdef03", "commits": [
    {"sha": "abcdef03", "message": "old: begin", "parents": []}]}]}', 'trunk 1', '2026-03-02 01:00Z');
SELECT facts.settle() >= 0;
SELECT facts.git('{"repository": "org/trunk", "changes": [{"ref": "main", "before": null, "after": "abcdef04", "commits": [
    {"sha": "abcdef04", "message": "new: begin", "parents": []}]}]}', 'trunk 2', '2026-03-02 02:00Z');
SELECT facts.settle() >= 0;
SELECT ref FROM refs WHERE repository = 'org/trunk' AND is_default;
SELECT correlation_rebuild();

-- The delivery that told of main is read anew, and tells of work instead. Must come out: master is taken for the default one again.
SELECT facts.git('{"repository": "org/untold", "changes": [{"ref": "master", "before": null, "after": "abcdef03", "commits": [
    {"sha": "abcdef03", "message": "old: begin", "parents": []}]}]}', 'untold 1', '2026-03-02 01:00Z');
SELECT facts.git('{"repository": "org/untold", "changes": [{"ref": "main", "before": null, "after": "abcdef04", "commits": [
    {"sha": "abcdef04", "message": "new: begin", "parents": []}]}]}', 'untold 2', '2026-03-02 02:00Z', '{}');
SELECT facts.settle() >= 0;
SELECT facts.git('{"repository": "org/untold", "changes": [{"ref": "work", "before": null, "after": "abcdef04", "commits": [
    {"sha": "abcdef04", "message": "new: begin", "parents": []}]}]}', 'untold 2', '2026-03-02 02:00Z', '{}', p_is_replay => true);
SELECT facts.settle() >= 0;
SELECT ref FROM refs WHERE repository = 'org/untold' AND is_default;
SELECT correlation_rebuild();

-- More pushes to one branch wait for one job than are added one by one. Must come out: 251 commits, the newest at 251.
SELECT facts.pushed(1, 'org/many main', NULL, 'c0', facts.listed('c0: begin', '{}'));
SELECT facts.settle() >= 0;
SELECT count(facts.pushed(n + 1, 'org/many main', 'c' || n - 1, 'c' || n, facts.listed('c' || n || ': go on', ARRAY['c' || n - 1])))
FROM generate_series(1, 250) n;
SELECT facts.settle() >= 0;
SELECT count(*), max(position) FILTER (WHERE sha = facts.sha('c250')) FROM commit_refs WHERE repository = 'org/many';
SELECT correlation_rebuild();

-- What an import of all refs did not find is gone, and a delivery from before it that comes late does not say otherwise.
-- Must come out: work, which was made after the import, at one.
SELECT facts.pushed(1, 'org/late main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.settle() >= 0;
UPDATE repositories SET refs_read_at = '2026-03-02 04:30Z' WHERE repository = 'org/late';
SELECT facts.pushed(5, 'org/late work', NULL, 'one', facts.listed('one: go on', '{base}'));
SELECT facts.settle() >= 0;
SELECT facts.pushed(4, 'org/late work', 'one', 'two', facts.listed('two: go on', '{one}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/late' AND line = 'work';
SELECT correlation_rebuild();

-- A hook that is registered twice: each push comes under two ids. Must come out: main is certain between the copies, too.
SELECT facts.pushed(1, 'org/hook main', NULL, 'one', facts.listed('one: begin', '{}'));
SELECT facts.pushed(2, 'org/hook main', NULL, 'one', facts.listed('one: begin', '{}'));
SELECT facts.pushed(3, 'org/hook main', 'one', 'two', facts.listed('two: go on', '{one}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/hook';
SELECT facts.pushed(4, 'org/hook main', 'one', 'two', facts.listed('two: go on', '{one}'));
SELECT facts.settle() >= 0;
SELECT facts.pushed(5, 'org/hook main', 'two', 'three', facts.listed('three: go on', '{two}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/hook';
SELECT correlation_rebuild();

-- An import reads what a push brought before its delivery comes. Must come out: main is certain, and goes on to three.
SELECT facts.commit('one', p_repository => 'org/race'), facts.commit('two', parents => '{one}', p_repository => 'org/race');
SELECT facts.place('main', 1, '{one}', 'org/race'), facts.place('main', 2, '{two}', 'org/race');
UPDATE refs SET imported_at = '2026-03-02 00:30Z' WHERE repository = 'org/race';
SELECT facts.pushed(1, 'org/race main', 'one', 'two', facts.listed('two: go on', '{one}'));
SELECT facts.settle() >= 0;
SELECT facts.pushed(2, 'org/race main', 'two', 'three', facts.listed('three: go on', '{two}'));
SELECT facts.settle() >= 0;
SELECT line, is_sure, cut, (SELECT string_agg(position::text, ' ' ORDER BY position) FROM commit_refs WHERE repository = 'org/race') AS positions
FROM facts.line WHERE repository = 'org/race';
SELECT correlation_rebuild();

-- A branch was put on a commit of another one, and forced away; then that one turns out to be the younger of the two. Must come
-- out: no line of work but its own, since it never had more.
SELECT facts.pushed(1, 'org/put topic forced', 'unseen', 'one', facts.listed('one: begin'));
SELECT facts.pushed(5, 'org/put work', NULL, 'one');
SELECT facts.pushed(6, 'org/put work forced', 'one', 'two', facts.listed('two: go on', '{elsewhere}'));
SELECT facts.settle() >= 0;
SELECT facts.pushed(9, 'org/put topic', NULL, 'one', facts.listed('one: begin'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/put';
SELECT correlation_rebuild();

-- A branch is deleted, and made again in the midst of what it was, told in order and from the end. Must come out, both times:
-- work is cut from work~three at 2, four at 3.
SELECT facts.pushed(1, 'org/back work', NULL, 'three', facts.listed('one: begin', '{}'), facts.listed('two: go on', '{one}'), facts.listed('three: go on', '{two}'));
SELECT facts.settle() >= 0;
SELECT facts.pushed(2, 'org/back work', 'three', NULL);
SELECT facts.settle() >= 0;
SELECT facts.pushed(3, 'org/back work', NULL, 'two');
SELECT facts.settle() >= 0;
SELECT facts.pushed(4, 'org/back work', 'two', 'four', facts.listed('four: go on', '{two}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/back';
SELECT facts.pushed(4, 'org/kcab work', 'two', 'four', facts.listed('four: go on', '{two}'));
SELECT facts.settle() >= 0;
SELECT facts.pushed(3, 'org/kcab work', NULL, 'two');
SELECT facts.settle() >= 0;
SELECT facts.pushed(2, 'org/kcab work', 'three', NULL);
SELECT facts.settle() >= 0;
SELECT facts.pushed(1, 'org/kcab work', NULL, 'three', facts.listed('one: begin', '{}'), facts.listed('two: go on', '{one}'), facts.listed('three: go on', '{two}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/kcab';
SELECT correlation_rebuild();

-- Work merges main, is rebased on main, and pushed by force: its first commit stands on what the merge had brought. Must come
-- out: work is cut from main at 2 and holds three and again; one and the merge are unreachable. Where nobody told of main, work
-- holds two, too, and the rest likewise.
SELECT facts.pushed(1, 'org/rebased main', NULL, 'begin', facts.listed('begin: begin', '{}'));
SELECT facts.pushed(2, 'org/rebased work', NULL, 'one', facts.listed('one: APP-1', '{begin}'));
SELECT facts.pushed(3, 'org/rebased main', 'begin', 'two', facts.listed('two: go on', '{begin}'));
SELECT facts.pushed(4, 'org/rebased work', 'one', 'join', facts.listed('two: go on', '{begin}'), facts.listed('join: Merge branch ''main'' into work', '{one,two}'));
SELECT facts.pushed(5, 'org/rebased main', 'two', 'three', facts.listed('three: go on', '{two}'));
SELECT facts.pushed(6, 'org/rebased work forced', 'join', 'again', facts.listed('three: go on', '{two}'), facts.listed('again: APP-1', '{three}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/rebased';
SELECT split_part(message, ':', 1) AS "commit", is_unreachable FROM commits WHERE repository = 'org/rebased' ORDER BY 1;
SELECT facts.pushed(2, 'org/lonely work', NULL, 'one', facts.listed('one: APP-1', '{begin}'));
SELECT facts.pushed(4, 'org/lonely work', 'one', 'join', facts.listed('two: go on', '{begin}'), facts.listed('join: Merge branch ''main'' into work', '{one,two}'));
SELECT facts.pushed(6, 'org/lonely work forced', 'join', 'again', facts.listed('three: go on', '{two}'), facts.listed('again: APP-1', '{three}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/lonely';
SELECT split_part(message, ':', 1) AS "commit", is_unreachable FROM commits WHERE repository = 'org/lonely' ORDER BY 1;
SELECT correlation_rebuild();

-- main is forced back to before a merge; work, which was cut from there, still holds it. Must come out: work is cut from main~next
-- at 3, nothing is unreachable, and neither the merge nor what it brought counts or hands down APP-3. Then a release is cut from
-- work, and both count again.
SELECT facts.pushed(1, 'org/held main', NULL, 'begin', facts.listed('begin: begin', '{}'));
SELECT facts.pushed(2, 'org/held topic', NULL, 'kept', facts.listed('kept: APP-2', '{begin}', '{APP-2}'));
SELECT facts.pushed(3, 'org/held main', 'begin', 'keeper', facts.listed('kept: APP-2', '{begin}', '{APP-2}', known => true),
                    facts.listed('keeper: Merge branch APP-3', '{begin,kept}', '{APP-3}', '{APP-3}'));
SELECT facts.pushed(4, 'org/held main', 'keeper', 'next', facts.listed('next: go on', '{keeper}'));
SELECT facts.pushed(5, 'org/held work', NULL, 'own', facts.listed('own: go on', '{next}'));
SELECT facts.pushed(6, 'org/held main forced', 'next', 'begin');
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/held';
SELECT w.* FROM facts.work w WHERE w.name IN ('kept', 'keeper') AND w.issue_key IN ('APP-2', 'APP-3');
SELECT facts.pushed(7, 'org/held release/1', NULL, 'own');
SELECT facts.settle() >= 0;
SELECT w.* FROM facts.work w WHERE w.name IN ('kept', 'keeper') AND w.issue_key IN ('APP-2', 'APP-3');
SELECT landing_words('main', 'git', 'org/held', facts.sha('kept'));
SELECT correlation_rebuild();

-- A fast-forward brings topic into main, and no host tells parents; then a release is put there. Must come out: release/1 is cut
-- from main at 3 and so holds begin; what topic was cut from nobody told.
SELECT facts.pushed(1, 'org/forward main', NULL, 'begin', facts.listed('begin: begin'));
SELECT facts.pushed(2, 'org/forward topic', NULL, 'made', facts.listed('began: go on'), facts.listed('made: go on'));
SELECT facts.pushed(3, 'org/forward main', 'begin', 'made', facts.listed('began: go on', known => true),
                    facts.listed('made: go on', known => true));
SELECT facts.pushed(4, 'org/forward release/1', NULL, 'made');
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/forward';
-- A push begins and ends at one commit, and the branch goes on from there. Must come out: it lives since the push that goes on.
SELECT facts.pushed(1, 'org/still main forced', 'base', 'base', facts.listed('base: begin', '{}'));
SELECT facts.settle() >= 0;
SELECT facts.pushed(2, 'org/still main', 'base', 'one', facts.listed('one: go on', '{base}'));
SELECT facts.settle() >= 0;
SELECT l.*, r.life_at FROM facts.line l JOIN refs r ON r.repository = l.repository AND r.ref = l.line WHERE l.repository = 'org/still';
SELECT correlation_rebuild();

-- An annotated tag names a commit of which nobody told yet, and lists another. Must come out: it is cut from main at 2.
SELECT facts.pushed(1, 'org/noted main', NULL, 'one', facts.listed('one: begin', '{}'));
SELECT facts.git(jsonb_build_object('repository', 'org/noted', 'changes', jsonb_build_array(jsonb_build_object(
    'ref', 'v1', 'kind', 'tag', 'before', NULL, 'after', 'abcdef05', 'peeled', facts.sha('two'),
    'commits', jsonb_build_array(facts.listed('aside: go on'))))), 'noted 5', '2026-03-02 05:00Z');
SELECT facts.settle() >= 0;
SELECT facts.pushed(2, 'org/noted main', 'one', 'two', facts.listed('two: go on', '{one}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/noted';
SELECT correlation_rebuild();

-- A tag is there, then a branch of its name, and the delivery that told of that is read anew and does not. Must come out: v2 holds
-- one; tags/v2 does, and v2 holds two; v2 holds one.
SELECT facts.pushed(1, 'org/named main', NULL, 'zero', facts.listed('zero: begin', '{}'));
SELECT facts.git(jsonb_build_object('repository', 'org/named', 'changes', jsonb_build_array(jsonb_build_object(
    'ref', 'v2', 'kind', 'tag', 'before', NULL, 'after', facts.sha('one'), 'commits', jsonb_build_array(facts.listed('one: begin'))))),
    'named 2', '2026-03-02 02:00Z');
SELECT facts.settle() >= 0;
SELECT line, commits FROM facts.line WHERE repository = 'org/named' AND line ~ 'v2';
SELECT facts.git(jsonb_build_object('repository', 'org/named', 'changes', jsonb_build_array(jsonb_build_object(
    'ref', 'v2', 'before', NULL, 'after', facts.sha('two'), 'commits', jsonb_build_array(facts.listed('two: begin', '{}'))))),
    'named 3', '2026-03-02 03:00Z', '{}');
SELECT facts.settle() >= 0;
SELECT line, commits FROM facts.line WHERE repository = 'org/named' AND line ~ 'v2';
SELECT facts.git('{"repository": "org/named"}', 'named 3', '2026-03-02 03:00Z', '{}', p_is_replay => true);
SELECT facts.settle() >= 0;
SELECT line, commits FROM facts.line WHERE repository = 'org/named' AND line ~ 'v2';
SELECT correlation_rebuild();

-- Imports alone tell of a repository: one finds a branch more, the next finds it gone, and no commit differs. Must come out: one is
-- taken back on main, on both, on main again.
CREATE FUNCTION facts.imported(p_repository text, VARIADIC p_refs text[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM import_prepare();
    INSERT INTO import_refs
    SELECT u.ref, 'branch', facts.sha('back'), nullif('main', u.ref), CASE WHEN u.ref <> 'main' THEN 2 END, true, u.ref = 'main', '{}', '{}'
    FROM unnest(p_refs) u (ref);
    INSERT INTO import_places VALUES (facts.sha('one'), 'main', 1, 1770000000, true), (facts.sha('back'), 'main', 2, 1770000001, true);
    INSERT INTO import_commits VALUES
        (facts.sha('one'), '{}', 'one: APP-1', 'Ada', '', 1770000000, 1770000000, NULL, NULL, '{APP-1}', NULL, '{}', false),
        (facts.sha('back'), ARRAY[facts.sha('one')], 'back: Revert one', 'Ada', '', 1770000001, 1770000001, NULL, ARRAY[facts.sha('one')],
         '{}', NULL, '{}', false);
    PERFORM import_commits('main', 'git', p_repository, true, true, 1000);
    PERFORM facts.settle();
    RETURN (SELECT array_to_string(v.reverted_on, ' and ') FROM reverted_commits v WHERE v.repository = p_repository AND v.holds);
END $$;
SELECT facts.imported('org/clone', 'main');
SELECT facts.imported('org/clone', 'main', 'release/1');
SELECT correlation_rebuild();
SELECT facts.imported('org/clone', 'main');
-- A pull request of three commits is rebased and merged; its title alone has the key, and the host tells no parents. Must come out:
-- all three by pull_request, whichever is told first. Its revert, by the pull request's number, takes back all three.
SELECT facts.pushed(1, 'org/merged main', NULL, 'base', facts.listed('base: begin'));
SELECT facts.pushed(3, 'org/merged main', 'base', 'cc', facts.listed('aa: form'), facts.listed('bb: field'), facts.listed('cc: button'));
SELECT facts.settle() >= 0;
SELECT facts.request('org/merged', 15, 'APP-15 Login', 'work', '{APP-15}', 'cc', 3);
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-15';
SELECT facts.request('org/pull', 16, 'APP-16 Login', 'work', '{APP-16}', 'cc', 3);
SELECT facts.settle() >= 0;
SELECT facts.pushed(1, 'org/pull main', NULL, 'base', facts.listed('base: begin'));
SELECT facts.pushed(3, 'org/pull main', 'base', 'cc', facts.listed('aa: form'), facts.listed('bb: field'), facts.listed('cc: button'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-16';
SELECT facts.pushed(4, 'org/merged main', 'cc', 'undo', facts.listed('undo: Revert "Login" (#16)', reverts => '{#15}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-15';
SELECT * FROM facts.story WHERE issue_key IN ('APP-15', 'APP-16');
SELECT correlation_rebuild();
-- A second revert, of one of them by its hash, leaves the first one's hold as it is.
SELECT facts.pushed(5, 'org/merged main', 'undo', 'form', facts.listed('form: Revert "form"', reverts => '{aa}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-15';
SELECT correlation_rebuild();

-- The same where all was known before the push to main was: an import had read it (here without the moment that it landed). Must
-- come out: aa and bb by pull_request.
SELECT facts.request('org/read', 17, 'APP-17 Login', 'work', '{APP-17}', 'bb', 2);
SELECT facts.commit('aa', parents => '{base}', p_repository => 'org/read'), facts.commit('bb', parents => '{aa}', p_repository => 'org/read');
SELECT facts.place('main', 1, '{aa}', 'org/read'), facts.place('main', 2, '{bb}', 'org/read');
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-17';
SELECT facts.pushed(3, 'org/read main', 'base', 'bb', facts.listed('aa: form', '{base}'), facts.listed('bb: field', '{aa}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-17';
SELECT correlation_rebuild();

-- What may be another's is not handed on. A commit of the pull request was left out, since the target had it; three pull requests
-- were squashed and merged together; one of several commits was squashed; others were pushed with it, a merge among them; the push
-- was another branch's; it dropped commits. Must come out: the merged commit alone has the key.
SELECT facts.pushed(2, 'org/queue main', NULL, 'base', facts.listed('base: begin'));
SELECT facts.pushed(3, 'org/queue main', 'base', 'bb', facts.listed('aa: form'), facts.listed('bb: field'));
SELECT facts.request('org/queue', 18, 'APP-18 Login', 'work', '{APP-18}', 'bb', 3);
SELECT facts.pushed(4, 'org/queue main', 'bb', 'squash19', facts.listed('squash17: Logout (#17)'), facts.listed('squash19: Login (#19)'));
SELECT facts.request('org/queue', 19, 'APP-18 Login', 'work', '{APP-18}', 'squash19', 2);
SELECT facts.pushed(5, 'org/queue main', 'squash19', 'squash20', facts.listed('squash20: Login'));
SELECT facts.request('org/queue', 20, 'APP-18 Login', 'work', '{APP-18}', 'squash20', 2);
SELECT facts.pushed(7, 'org/queue main', 'squash20', 'three', facts.listed('squash21: Logout (#21)'), facts.listed('xx: text'), facts.listed('three: Login'));
SELECT facts.request('org/queue', 24, 'APP-18 Login', 'work', '{APP-18}', 'three', 2);
SELECT facts.pushed(8, 'org/queue main', 'three', 'tail', facts.listed('join: Merge branch ''old''', NULL, '{}', '{}'), facts.listed('tail: Login'));
SELECT facts.request('org/queue', 25, 'APP-18 Login', 'work', '{APP-18}', 'tail', 2);
SELECT facts.pushed(6, 'org/queue work', 'other', 'late', facts.listed('dd: link'), facts.listed('late: Login'));
SELECT facts.request('org/queue', 22, 'APP-18 Login', 'work', '{APP-18}', 'late', 2);
SELECT facts.pushed(3, 'org/dropped main', NULL, 'base', facts.listed('base: begin'));
SELECT facts.pushed(4, 'org/dropped main forced', 'base', 'forced', facts.listed('ee: again'), facts.listed('forced: Login'));
SELECT facts.request('org/dropped', 23, 'APP-18 Login', 'work', '{APP-18}', 'forced', 2);
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-18' AND evidence = 'pull_request';
-- Two were rebased and merged together, and the second lost a commit by that. Before the first is told of, it can't be known; after
-- it, must come out: only two by pull_request. A later look, which names another commit as the first's: one and two.
SELECT facts.pushed(3, 'org/both main', 'base', 'two', facts.listed('one: form'), facts.listed('two: field'));
SELECT facts.request('org/both', 2, 'APP-19 Login', 'work', '{APP-19}', 'two', 2);
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-19';
SELECT facts.request('org/both', 1, 'Logout', 'out', '{}', 'one', 1);
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-19';
SELECT correlation_rebuild();
SELECT facts.git(jsonb_build_object('repository', 'org/both', 'pull_request', jsonb_build_object('number', 1, 'target_branch', 'main',
    'state', 'merged', 'merge_sha', facts.sha('base'), 'keys', '[]'::jsonb, 'updated_at', '2026-03-02T13:00:00Z')));
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-19';
SELECT correlation_rebuild();

-- Work merged two and three of main; main is forced back to two and goes on with four, and work is rebased on that. Must come out:
-- three went with the merge that had brought it, and is unreachable, as one and the merge are; also where nobody told of main.
SELECT facts.pushed(1, 'org/fewer main', NULL, 'begin', facts.listed('begin: begin', '{}'));
SELECT facts.pushed(2, 'org/fewer work', NULL, 'one', facts.listed('one: APP-1', '{begin}'));
SELECT facts.pushed(3, 'org/fewer main', 'begin', 'three', facts.listed('two: go on', '{begin}'), facts.listed('three: go on', '{two}'));
SELECT facts.pushed(4, 'org/fewer work', 'one', 'join', facts.listed('two: go on', '{begin}'), facts.listed('three: go on', '{two}'),
                    facts.listed('join: Merge branch ''main'' into work', '{one,three}'));
SELECT facts.pushed(5, 'org/fewer main forced', 'three', 'two');
SELECT facts.pushed(6, 'org/fewer main', 'two', 'four', facts.listed('four: go on', '{two}'));
SELECT facts.pushed(7, 'org/fewer work forced', 'join', 'again', facts.listed('four: go on', '{two}'), facts.listed('again: APP-1', '{four}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/fewer';
SELECT split_part(message, ':', 1) AS "commit", is_unreachable FROM commits WHERE repository = 'org/fewer' ORDER BY 1;
SELECT facts.pushed(2, 'org/alone work', NULL, 'one', facts.listed('one: APP-1', '{begin}'));
SELECT facts.pushed(4, 'org/alone work', 'one', 'join', facts.listed('two: go on', '{begin}'), facts.listed('three: go on', '{two}'),
                    facts.listed('join: Merge branch ''main'' into work', '{one,three}'));
SELECT facts.pushed(7, 'org/alone work forced', 'join', 'again', facts.listed('four: go on', '{two}'), facts.listed('again: APP-1', '{four}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/alone';
SELECT split_part(message, ':', 1) AS "commit", is_unreachable FROM commits WHERE repository = 'org/alone' ORDER BY 1;
SELECT correlation_rebuild();

-- An import finds a tag gone, it is made again, and the delivery that told of that is read anew and does not. Must come out: it is there,
-- then gone.
SELECT facts.git(jsonb_build_object('repository', 'org/taken', 'changes', jsonb_build_array(jsonb_build_object(
    'ref', 'v3', 'kind', 'tag', 'before', NULL, 'after', facts.sha('one')))), 'taken 1', '2026-03-02 01:00Z');
SELECT facts.settle() >= 0;
SELECT facts.imported('org/taken', 'main');
SELECT facts.git(jsonb_build_object('repository', 'org/taken', 'changes', jsonb_build_array(jsonb_build_object(
    'ref', 'v3', 'kind', 'tag', 'before', NULL, 'after', facts.sha('back')))), 'taken 2', now() + interval '1 hour', '{}');
SELECT facts.settle() >= 0;
SELECT deleted_at IS NULL FROM refs WHERE repository = 'org/taken' AND ref = 'v3';
SELECT facts.git('{"repository": "org/taken"}', 'taken 2', now() + interval '1 hour', '{}', p_is_replay => true);
SELECT facts.settle() >= 0;
SELECT deleted_at IS NULL FROM refs WHERE repository = 'org/taken' AND ref = 'v3';
SELECT correlation_rebuild();

-- A release was made while main was where it is no more, and nobody tells from what: its push comes last. Must come out: release/1 is
-- cut from main~two at 2.
SELECT facts.pushed(1, 'org/then main', NULL, 'two', facts.listed('one: begin'), facts.listed('two: go on'));
SELECT facts.pushed(3, 'org/then main forced', 'two', 'one');
SELECT facts.pushed(4, 'org/then main', 'one', 'three', facts.listed('three: go on'));
SELECT facts.settle() >= 0;
SELECT facts.pushed(2, 'org/then release/1', NULL, 'four', facts.listed('four: go on'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/then';
SELECT correlation_rebuild();

-- No gap was left, and a rebuild finds nothing to do. Must come out: no row, then 0.
SELECT repository, ref, reason FROM push_gaps;
SELECT correlation_rebuild();
