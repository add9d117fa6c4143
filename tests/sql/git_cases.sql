-- What becomes of stories when their work is merged, squashed, picked, taken back, rebased and forced away: told by pushes.
\set ECHO none
\ir ../support/git_facts.sql
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

-- The revert of one commit, merged by a merge that quotes its title (GitHub's Revert button), with a commit that tidies up. Must come
-- out: APP-21 reverted; the merge is a revert as well, and neither it nor its pull request nor its branch hands the key to tidy.
SELECT facts.pushed(1, 'org/button main', NULL, 'done', facts.listed('done: APP-21', '{}', '{APP-21}'));
SELECT facts.pushed(2, 'org/button revert-1-APP-21', NULL, 'tidy', facts.listed('undone: Revert "APP-21"', '{done}', '{APP-21}', reverts => '{done}'),
    facts.listed('tidy: tidy up', '{undone}'));
SELECT facts.pushed(3, 'org/button main', 'done', 'merge', facts.listed('undone: Revert "APP-21"', '{done}', '{APP-21}', reverts => '{done}'),
    facts.listed('tidy: tidy up', '{undone}'),
    facts.listed('merge: Merge pull request #2', '{done,tidy}', '{APP-21}', '{APP-21}', reverts => '{Revert}'));
SELECT facts.request('org/button', 2, 'Revert "APP-21"', 'revert-1-APP-21', '{APP-21}', 'merge', p_head => 'tidy');
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-21';
SELECT * FROM facts.work WHERE issue_key = 'APP-21';

-- The commits of a merge are taken back one by one. Must come out: APP-25 covered by the merge and two once one is taken back, reverted once
-- both are, with the merge of main into the branch; covered once one is given back. A merge that brought only reverts is one.
SELECT facts.pushed(1, 'org/singly main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/singly feature/APP-25', NULL, 'two', facts.listed('one: form', '{base}'), facts.listed('join: Merge main', '{one,base}', '{}', '{}'),
    facts.listed('two: field', '{join}'));
SELECT facts.pushed(3, 'org/singly main', 'base', 'merge', facts.listed('one: form', '{base}'), facts.listed('join: Merge main', '{one,base}', '{}', '{}'),
    facts.listed('two: field', '{join}'), facts.listed('merge: Merge', '{base,two}', '{APP-25}', '{APP-25}'));
SELECT facts.pushed(4, 'org/singly main', 'merge', 'no1', facts.listed('no1: Revert', '{merge}', reverts => '{one}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-25';
SELECT facts.pushed(5, 'org/singly main', 'no1', 'no2', facts.listed('no2: Revert', '{no1}', reverts => '{two}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-25';
SELECT * FROM facts.work WHERE issue_key = 'APP-25' AND evidence <> 'branch';
SELECT correlation_rebuild();
SELECT facts.pushed(6, 'org/singly main', 'no2', 'again', facts.listed('yes2: Reapply', '{no2}', reverts => '{no2}'),
    facts.listed('again: Merge APP-26', '{no2,yes2}', '{APP-26}', '{APP-26}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-25', 'APP-26');
SELECT * FROM facts.work WHERE issue_key IN ('APP-25', 'APP-26') AND evidence <> 'branch';
SELECT correlation_rebuild();

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

-- A pick is taken back on the release branch that it was made for, which is merged into main then. Must come out: APP-22 covered by done,
-- since the merge keeps what main had; picked is taken back everywhere. v1 has done, not picked. Once done is taken back on main, too: reverted.
SELECT facts.pushed(1, 'org/back main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/back release/1.0', NULL, 'base');
SELECT facts.pushed(3, 'org/back main', 'base', 'done', facts.listed('done: APP-22', '{base}', '{APP-22}'));
SELECT facts.pushed(4, 'org/back release/1.0', 'base', 'undone', facts.listed('picked: APP-22', '{base}', '{APP-22}', picked => 'done'),
    facts.listed('undone: Revert', '{picked}', reverts => '{picked}'));
SELECT facts.pushed(5, 'org/back main', 'done', 'merge', facts.listed('picked: APP-22', '{base}', '{APP-22}', picked => 'done'),
    facts.listed('undone: Revert', '{picked}', reverts => '{picked}'), facts.listed('merge: Merge', '{done,undone}', '{}', '{}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-22';
SELECT * FROM facts.work WHERE issue_key = 'APP-22';
SELECT facts.git(jsonb_build_object('repository', 'org/back', 'changes', jsonb_build_array(jsonb_build_object(
    'ref', 'v1', 'kind', 'tag', 'after', facts.sha('merge'), 'is_whole', true))), 'org/back v1', '2026-03-02 05:30Z');
SELECT facts.settle() >= 0;
SELECT name, first_tag('git', 'org/back', facts.sha(name)) FROM unnest('{done,picked}'::text[]) name;
SELECT facts.pushed(6, 'org/back main', 'merge', 'gone', facts.listed('gone: Revert', '{merge}', reverts => '{done}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-22';
SELECT * FROM facts.work WHERE issue_key = 'APP-22';

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

-- A release branch is asked to be merged back. Must come out: APP-23 missing while the request is open, since late landed without it, and
-- covered by merge and late once it is merged; APP-24, whose request is open as well, unmerged, and covered once its commit is pushed to
-- where the request would have it.
SELECT facts.pushed(1, 'org/ask main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/ask release/1.0', NULL, 'late', facts.listed('late: late', '{base}'));
SELECT facts.pushed(2, 'org/ask work', NULL, 'done', facts.listed('done: cart', '{base}'));
SELECT facts.asked('org/ask', 23, 'APP-23 Merge back', 'late'), facts.asked('org/ask', 24, 'APP-24 Cart', 'done');
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-23', 'APP-24');
SELECT facts.pushed(3, 'org/ask main', 'base', 'merge', facts.listed('late: late', '{base}'), facts.listed('merge: Merge', '{base,late}', '{}', '{}'));
SELECT facts.pushed(4, 'org/ask main', 'merge', 'done', facts.listed('done: cart', '{merge}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-24';
SELECT correlation_rebuild();
SELECT facts.asked('org/ask', 23, 'APP-23 Merge back', 'late', 'merge');
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-23', 'APP-24');
SELECT * FROM facts.work WHERE issue_key IN ('APP-23', 'APP-24');

-- Squashes whose messages list reverts. (J) one takes back another commit of its own pull request, which is on no counted branch: APP-27
-- covered. (J2) one takes back older work of APP-29, by a revert that it lists: APP-28 covered, APP-29 reverted, no work of APP-28's; and the
-- other way round once the squash is taken back itself.
SELECT facts.pushed(1, 'org/listing main', NULL, 'old', facts.listed('base: begin', '{}'), facts.listed('old: APP-29', '{base}', '{APP-29}'));
SELECT facts.pushed(2, 'org/listing work', NULL, 'better', facts.listed('first: APP-27', '{old}', '{APP-27}'),
    facts.listed('not: Revert "APP-27"', '{first}', '{APP-27}', reverts => '{first}'), facts.listed('better: APP-27', '{not}', '{APP-27}'));
SELECT facts.pushed(3, 'org/listing main', 'old', 'squash', facts.listed('squash: APP-27 (#5)', '{old}', '{APP-27}', reverts => '{Squash,first}'));
SELECT facts.pushed(4, 'org/listing main', 'squash', 'squash2', facts.listed('squash2: APP-28 (#6)', '{squash}', '{APP-28}', reverts => '{Squash,old}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-27', 'APP-28', 'APP-29');
SELECT * FROM facts.work WHERE issue_key IN ('APP-27', 'APP-28', 'APP-29');
SELECT facts.pushed(5, 'org/listing main', 'squash2', 'undo', facts.listed('undo: Revert "APP-28 (#6)"', '{squash2}', '{APP-28}', reverts => '{squash2}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-28', 'APP-29');
SELECT correlation_rebuild();
-- The same squash in a branch that is merged by a merge: it is no revert among what came, and is handed the merge's key. Must come out:
-- APP-30 covered by the merge, and by squash as what it brought.
SELECT facts.pushed(1, 'org/inner main', NULL, 'old', facts.listed('base: begin', '{}'), facts.listed('old: APP-31', '{base}', '{APP-31}'));
SELECT facts.pushed(2, 'org/inner main', 'old', 'merge', facts.listed('squash: Rework', '{old}', reverts => '{Squash,old}'),
    facts.listed('merge: Merge', '{old,squash}', '{APP-30}', '{APP-30}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-30', 'APP-31');
SELECT * FROM facts.work WHERE issue_key IN ('APP-30', 'APP-31');

-- A merge whose message lists what it brought (Bitbucket Cloud), with the title's key APP-34. APP-35 stands in the list alone, and no commit
-- has it. Must come out, once one is taken back: APP-32 reverted, APP-33, APP-34 and APP-35 covered; APP-35
-- reverted, too, once a pull request says that one is its work. All are with two, and with one given back all but APP-33.
SELECT facts.pushed(1, 'org/lists main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/lists main', 'base', 'merge', facts.listed('one: APP-32', '{base}', '{APP-32}'), facts.listed('two: APP-33', '{one}', '{APP-33}'),
    facts.listed('merge: Merged in work', '{base,two}', '{APP-32,APP-33,APP-34,APP-35}', '{APP-34}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-32', 'APP-33', 'APP-34', 'APP-35');
SELECT facts.pushed(3, 'org/lists main', 'merge', 'no1', facts.listed('no1: Revert', '{merge}', reverts => '{one}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-32', 'APP-33', 'APP-34', 'APP-35');
SELECT * FROM facts.work WHERE issue_key IN ('APP-32', 'APP-33', 'APP-34', 'APP-35');
SELECT facts.asked('org/lists', 9, 'APP-35 One', 'one');
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-32', 'APP-33', 'APP-34', 'APP-35');
SELECT correlation_rebuild();
SELECT facts.pushed(4, 'org/lists main', 'no1', 'no2', facts.listed('no2: Revert', '{no1}', reverts => '{two}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-32', 'APP-33', 'APP-34', 'APP-35');
SELECT facts.pushed(5, 'org/lists main', 'no2', 'yes1', facts.listed('yes1: Reapply', '{no2}', reverts => '{no1}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-32', 'APP-33', 'APP-34', 'APP-35');
SELECT correlation_rebuild();
-- No gap was left, and a rebuild finds nothing to do. Must come out: no row, then 0.
SELECT repository, ref, reason FROM push_gaps;
SELECT correlation_rebuild();
