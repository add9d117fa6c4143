-- Which lines branches and tags have, by pushes in any order and by imports; each time a rebuild must find nothing to change.
\set ECHO none
\ir ../support/git_facts.sql
\set ECHO all

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
-- out: work's line goes on over two and three to again; one and the merge are unreachable. Where nobody told of main, the same.
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

-- Somebody who was behind pulled, which merged, and pushed: main goes on from theirs, and what it was comes by their merge. A release
-- had been put there. Must come out: main has theirs at 4, mine and more beside the merge at 5; release/1 is cut from main~more at 3;
-- mine and more by merge.
SELECT facts.pushed(1, 'org/pull main', NULL, 'begin', facts.listed('begin: begin', '{}'));
SELECT facts.pushed(2, 'org/pull main', 'begin', 'more', facts.listed('mine: go on', '{begin}'), facts.listed('more: go on', '{mine}'));
SELECT facts.pushed(3, 'org/pull release/1', NULL, 'more');
SELECT facts.settle() >= 0;
SELECT facts.pushed(4, 'org/pull main', 'more', 'last', facts.listed('theirs: go on', '{begin}'),
    facts.listed('pull: Merge branch main, APP-16', '{theirs,more}', '{APP-16}', '{APP-16}'), facts.listed('last: go on', '{pull}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/pull';
SELECT * FROM facts.work WHERE issue_key = 'APP-16';
SELECT correlation_rebuild();
-- main is forced back to mine, which no push had left it at. Must come out: mine alone follows begin on main.
SELECT facts.pushed(5, 'org/pull main forced', 'last', 'mine');
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/pull';
SELECT correlation_rebuild();

-- The same told from the end. Must come out: the same.
SELECT facts.pushed(5, 'org/llup main forced', 'last', 'mine');
SELECT facts.pushed(4, 'org/llup main', 'more', 'last', facts.listed('theirs: go on', '{begin}'),
    facts.listed('pull: Merge branch main, APP-16', '{theirs,more}', '{APP-16}', '{APP-16}'), facts.listed('last: go on', '{pull}'));
SELECT facts.settle() >= 0;
SELECT facts.pushed(3, 'org/llup release/1', NULL, 'more');
SELECT facts.pushed(2, 'org/llup main', 'begin', 'more', facts.listed('mine: go on', '{begin}'), facts.listed('more: go on', '{mine}'));
SELECT facts.settle() >= 0;
SELECT facts.pushed(1, 'org/llup main', NULL, 'begin', facts.listed('begin: begin', '{}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/llup';
SELECT correlation_rebuild();

-- main goes on to a branch that it was merged into, and which it had merged before. Must come out: what that merge had brought is on
-- main's line, at 5 and 6; the merge and all that was above it came by the later one, at 8.
SELECT facts.pushed(1, 'org/twice main', NULL, 'begin', facts.listed('begin: begin', '{}'));
SELECT facts.pushed(2, 'org/twice work', NULL, 'two', facts.listed('one: work', '{begin}'), facts.listed('two: work', '{one}'));
SELECT facts.pushed(3, 'org/twice main', 'begin', 'after', facts.listed('own: go on', '{begin}'), facts.listed('one: work', '{begin}'),
    facts.listed('two: work', '{one}'), facts.listed('merge: Merge branch work, APP-17', '{own,two}', '{APP-17}', '{APP-17}'),
    facts.listed('after: go on', '{merge}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-17';
SELECT facts.pushed(4, 'org/twice main', 'after', 'back', facts.listed('three: work', '{two}'),
    facts.listed('back: Merge branch main into work, APP-18', '{three,after}', '{APP-18}', '{APP-18}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/twice';
SELECT * FROM facts.work WHERE issue_key IN ('APP-17', 'APP-18');
SELECT correlation_rebuild();

-- A release goes on to a branch that is older than the release, and merged it. Must come out: release/1 is cut from main at 1 now, and
-- holds two, three and own beside the merge at 3. When what a push to main left out is told, release/1 holds side, too.
CREATE FUNCTION facts.two(VARIADIC p_commits jsonb[]) RETURNS text LANGUAGE sql AS $$
    SELECT facts.git(jsonb_build_object('repository', 'org/beneath', 'default_branch', 'main', 'changes', jsonb_build_array(
        jsonb_build_object('ref', 'main', 'before', facts.sha('one'), 'after', facts.sha('two'), 'commits', to_jsonb(p_commits),
                           'is_whole', cardinality(p_commits) > 1))),
        'two', '2026-03-02 02:00Z', '{}', p_is_replay => cardinality(p_commits) > 1) $$;
SELECT facts.pushed(1, 'org/beneath main', NULL, 'one', facts.listed('one: begin', '{}'));
SELECT facts.pushed(3, 'org/beneath main', 'two', 'three', facts.listed('three: go on', '{two}'));
SELECT facts.pushed(4, 'org/beneath release/1', NULL, 'own', facts.listed('own: release', '{three}'));
SELECT facts.pushed(5, 'org/beneath release/1', 'own', 'merge', facts.listed('fix: work', '{one}'),
    facts.listed('merge: Merge branch release/1 into fix', '{fix,own}', '{}', '{}'));
SELECT facts.settle() >= 0;
SELECT facts.two(facts.listed('two: Merge branch side', '{one,side}', '{}', '{}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/beneath';
SELECT correlation_rebuild();
SELECT facts.two(facts.listed('side: work', '{one}'), facts.listed('two: Merge branch side', '{one,side}', '{}', '{}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/beneath';
SELECT correlation_rebuild();

-- main merged a branch, was forced back to before that, and then to other commits of which one stands on what the merge had brought.
-- Must come out: side is on main still, beside again; merge is unreachable.
SELECT facts.pushed(1, 'org/rebrought main', NULL, 'begin', facts.listed('begin: begin', '{}'));
SELECT facts.pushed(2, 'org/rebrought main', 'begin', 'merge', facts.listed('side: work', '{begin}'), facts.listed('own: go on', '{begin}'),
    facts.listed('merge: Merge branch side', '{own,side}', '{}', '{}'));
SELECT facts.pushed(3, 'org/rebrought main forced', 'merge', 'again', facts.listed('other: go on', '{begin}'),
    facts.listed('again: Merge branch side', '{other,side}', '{}', '{}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/rebrought';
SELECT split_part(message, ':', 1), is_unreachable FROM commits WHERE repository = 'org/rebrought' ORDER BY 1;
SELECT correlation_rebuild();

-- main was forced away from what an import had read, and back again; a release was made there meanwhile. Must come out: release/1 is cut
-- from main~away at 2, and that from main at 1.
SELECT facts.commit('one', '{}', p_repository => 'org/away'), facts.commit('two', '{}', parents => '{one}', p_repository => 'org/away');
SELECT facts.place('main', 1, '{one}', 'org/away'), facts.place('main', 2, '{two}', 'org/away');
UPDATE refs SET imported_at = '2026-03-01 00:00Z' WHERE repository = 'org/away';
SELECT facts.pushed(1, 'org/away main forced', 'two', 'away', facts.listed('away: go on', '{one}'));
SELECT facts.pushed(2, 'org/away release/1', NULL, 'own', facts.listed('own: release', '{away}'));
SELECT facts.pushed(3, 'org/away main forced', 'away', 'two', facts.listed('two: go on', '{one}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/away';
SELECT correlation_rebuild();

-- Nobody tells parents. A branch is made and lists what no other held; it is made again where it was, when more is its own. Must come
-- out: one at 1, two at 2, three at 3.
SELECT facts.pushed(1, 'org/anew work', NULL, 'three', facts.listed('two: go on'), facts.listed('three: go on'));
SELECT facts.pushed(2, 'org/anew work', 'three', NULL);
SELECT facts.pushed(3, 'org/anew work', NULL, 'three', facts.listed('one: begin', known => true), facts.listed('two: go on', known => true),
    facts.listed('three: go on', known => true));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/anew';
SELECT correlation_rebuild();

-- An import found a release on main, which was forced back to before that; then the release goes on to a branch that is as old as it.
-- Must come out: release/1 is cut from main~ at 2, and what the import had read of it, release/1~, too.
SELECT facts.commit('one', p_repository => 'org/read'), facts.commit('two', parents => '{one}', p_repository => 'org/read'),
    facts.commit('own', parents => '{two}', p_repository => 'org/read');
SELECT facts.place('main', 1, '{one}', 'org/read'), facts.place('main', 2, '{two}', 'org/read'), facts.place('release/1', 3, '{own}', 'org/read');
UPDATE refs SET imported_at = '2026-03-01 00:00Z' WHERE repository = 'org/read';
UPDATE refs SET imported_parent_ref = 'main', imported_fork_position = 2, parent_ref = 'main', fork_position = 2
WHERE repository = 'org/read' AND ref = 'release/1';
SELECT facts.pushed(1, 'org/read main forced', 'two', 'one');
SELECT facts.pushed(2, 'org/read release/1', 'own', 'merge', facts.listed('fix: work', '{two}'),
    facts.listed('merge: Merge branch release/1 into fix', '{fix,own}', '{}', '{}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/read';
SELECT correlation_rebuild();

-- Work was put where main was, then main left that line by a pull, and was forced back to before it. Must come out: work is cut from
-- main~tip at 2, a line that no push tells to have been left; nothing is unreachable but theirs, pull and last.
SELECT facts.pushed(1, 'org/left main', NULL, 'begin', facts.listed('begin: begin', '{}'));
SELECT facts.pushed(2, 'org/left main', 'begin', 'tip', facts.listed('tip: go on', '{begin}'));
SELECT facts.pushed(3, 'org/left work', NULL, 'tip');
SELECT facts.pushed(4, 'org/left main', 'tip', 'last', facts.listed('theirs: go on', '{begin}'),
    facts.listed('pull: Merge branch main', '{theirs,tip}', '{}', '{}'), facts.listed('last: go on', '{pull}'));
SELECT facts.pushed(5, 'org/left main forced', 'last', 'begin');
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/left';
SELECT split_part(message, ':', 1), is_unreachable FROM commits WHERE repository = 'org/left' ORDER BY 1;
SELECT correlation_rebuild();

-- One was made on another's commit and rebased; main is forced away from what both stood on, which has both read anew, the upper one
-- first. Must come out: alpha and beta are cut from main~two at 2, and the rebuild finds nothing to change, since alpha is read once more.
SELECT facts.pushed(1, 'org/upper main', NULL, 'two', facts.listed('one: begin', '{}'), facts.listed('two: go on', '{one}'));
SELECT facts.pushed(2, 'org/upper beta', NULL, 'own', facts.listed('own: go on', '{two}'));
SELECT facts.pushed(3, 'org/upper alpha', NULL, 'mine', facts.listed('mine: go on', '{own}'));
SELECT facts.settle() >= 0;
SELECT facts.pushed(4, 'org/upper alpha forced', 'mine', 'again', facts.listed('again: go on', '{two}'));
SELECT facts.settle() >= 0;
SELECT facts.pushed(5, 'org/upper main forced', 'two', 'one');
SELECT facts.settle() >= 0;
SELECT line, cut, commits FROM facts.line WHERE repository = 'org/upper';
SELECT correlation_rebuild();

-- Branches were put on commits of other lines, and forced away from there to commits whose parents nobody tells. Must come out: each is
-- cut from beneath the commit that it was put on, work from theirs at 3, low from main at 2, copy from main at 1, first from nothing;
-- when theirs is gone, two is unreachable.
SELECT facts.pushed(1, 'org/under main', NULL, 'base', facts.listed('begin: begin', '{}'), facts.listed('base: go on', '{begin}'));
SELECT facts.pushed(2, 'org/under theirs', NULL, 'two', facts.listed('one: go on', '{base}'), facts.listed('two: go on', '{one}'));
SELECT facts.pushed(3, 'org/under work', NULL, 'two');
SELECT facts.pushed(6, 'org/under work forced', 'two', 'again', facts.listed('again: anew'));
SELECT facts.pushed(3, 'org/under low', NULL, 'one');
SELECT facts.pushed(6, 'org/under low forced', 'one', 'after', facts.listed('after: anew'));
SELECT facts.pushed(3, 'org/under copy', NULL, 'base');
SELECT facts.pushed(6, 'org/under copy forced', 'base', 'other', facts.listed('other: anew'));
SELECT facts.pushed(3, 'org/under first', NULL, 'begin');
SELECT facts.pushed(6, 'org/under first forced', 'begin', 'alone', facts.listed('alone: anew'));
SELECT facts.settle() >= 0;
SELECT line, cut, commits FROM facts.line WHERE repository = 'org/under';
SELECT facts.pushed(7, 'org/under theirs', 'two', NULL);
SELECT facts.settle() >= 0;
SELECT split_part(message, ':', 1) FROM commits WHERE repository = 'org/under' AND is_unreachable ORDER BY 1;
SELECT correlation_rebuild();

-- The same where an import read that work hangs on main's two. Must come out: work is cut from main at 1.
SELECT facts.commit('one', p_repository => 'org/hung'), facts.commit('two', parents => '{one}', p_repository => 'org/hung');
SELECT facts.place('main', 1, '{one}', 'org/hung'), facts.place('main', 2, '{two}', 'org/hung'), facts.place('work', 3, '{two}', 'org/hung');
DELETE FROM commit_refs WHERE repository = 'org/hung' AND ref = 'work';
UPDATE refs SET imported_at = '2026-03-01 00:00Z' WHERE repository = 'org/hung';
UPDATE refs SET imported_parent_ref = 'main', imported_fork_position = 2, parent_ref = 'main', fork_position = 2
WHERE repository = 'org/hung' AND ref = 'work';
SELECT facts.pushed(1, 'org/hung work forced', 'two', 'again', facts.listed('again: anew'));
SELECT facts.settle() >= 0;
SELECT line, cut, commits FROM facts.line WHERE repository = 'org/hung';
SELECT correlation_rebuild();

-- No range is said to be exact while nobody tells what its commits stand on. Must come out: false and why, then true.
SELECT facts.pushed(1, 'org/doubt main', NULL, 'one', facts.listed('one: begin') || '{"parents": []}');
SELECT facts.pushed(2, 'org/doubt main', 'one', 'three', facts.listed('two: go on'), facts.listed('three: go on'));
SELECT facts.settle() >= 0;
SELECT subject, is_exact, note FROM commits_between('git', 'org/doubt', facts.sha('one'), 'main');
SELECT facts.pushed(3, 'org/doubt copy', NULL, 'three', facts.listed('two: go on', '{one}'), facts.listed('three: go on', '{two}'));
SELECT facts.settle() >= 0;
SELECT subject, is_exact, note FROM commits_between('git', 'org/doubt', facts.sha('one'), 'main');

-- A push is lost, by a host that tells no parents and by one that does. Must come out: the branch is uncertain, and has all that was told,
-- in its order; the stories count, no range over the hole is exact. Then another one is lost; both come late, the later one first: all
-- joins up.
SELECT facts.pushed(1, 'org/lost main', NULL, 's1', facts.listed('s1: APP-21', NULL, '{APP-21}'));
SELECT facts.pushed(2, 'org/lost main', 's1', 's2', facts.listed('s2: APP-22', NULL, '{APP-22}'));
SELECT facts.pushed(4, 'org/lost main', 's3', 's4', facts.listed('s4: APP-23', NULL, '{APP-23}'));
SELECT facts.pushed(1, 'org/lost2 main', NULL, 's1', facts.listed('s1: APP-24', '{}', '{APP-24}'));
SELECT facts.pushed(2, 'org/lost2 main', 's1', 's2', facts.listed('s2: APP-25', '{s1}', '{APP-25}'));
SELECT facts.pushed(4, 'org/lost2 main', 's3', 's4', facts.listed('s4: APP-26', '{s3}', '{APP-26}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository LIKE 'org/lost%';
SELECT issue_key, state FROM facts.story WHERE issue_key BETWEEN 'APP-21' AND 'APP-26';
SELECT repository, ref, reason FROM push_gaps WHERE repository LIKE 'org/lost%';
SELECT subject, is_exact, note FROM commits_between('git', 'org/lost2', facts.sha('s1'), 'main');
SELECT facts.pushed(6, 'org/lost main', 's6', 's7', facts.listed('s7: later'));
SELECT facts.pushed(6, 'org/lost2 main', 's6', 's7', facts.listed('s7: later', '{s6}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository LIKE 'org/lost%';
SELECT correlation_rebuild();
SELECT facts.pushed(5, 'org/lost main', 's4', 's6', facts.listed('s5: go on'), facts.listed('s6: go on'));
SELECT facts.pushed(5, 'org/lost2 main', 's4', 's6', facts.listed('s5: go on', '{s4}'), facts.listed('s6: go on', '{s5}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository LIKE 'org/lost%';
SELECT facts.pushed(3, 'org/lost main', 's2', 's3', facts.listed('s3: go on'));
SELECT facts.pushed(3, 'org/lost2 main', 's2', 's3', facts.listed('s3: go on', '{s2}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository LIKE 'org/lost%';
SELECT correlation_rebuild();

-- The push after an import is lost. Must come out: what was read and what came after the hole.
SELECT facts.commit('one', p_repository => 'org/hole'), facts.place('main', 1, '{one}', 'org/hole');
UPDATE refs SET imported_at = '2026-03-01 00:00Z', imported_sha = facts.sha('one'), sha = facts.sha('one') WHERE repository = 'org/hole';
SELECT facts.pushed(2, 'org/hole main', 'two', 'three', facts.listed('three: go on', '{two}'));
SELECT facts.pushed(4, 'org/hole main', 'four', 'five', facts.listed('five: go on', '{four}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/hole';
SELECT correlation_rebuild();
SELECT facts.pushed(1, 'org/hole main', 'one', 'two', facts.listed('two: go on', '{one}'));
SELECT facts.pushed(3, 'org/hole main', 'three', 'four', facts.listed('four: go on', '{three}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.line WHERE repository = 'org/hole';

-- No gap was left but two tags that were put on what nobody told, and a rebuild finds nothing to do. Must come out: these, then 0.
SELECT repository, ref, reason FROM push_gaps ORDER BY ref;
SELECT correlation_rebuild();
