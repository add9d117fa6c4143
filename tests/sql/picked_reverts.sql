-- What is taken back of work that was picked: with the merge that brought it, by the merge of a revert, where it was not yet.
\set ECHO none
\ir ../support/git_facts.sql
\set ECHO all

-- Merged on main, its commit picked to a release branch, then the merge taken back, and that picked, too. Must come out: APP-1 covered by
-- picked until the last, then reverted: what a merge brought and what was picked of it are one piece of work.
SELECT facts.pushed(1, 'org/merge main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/merge release/1.0', NULL, 'base');
SELECT facts.pushed(3, 'org/merge main', 'base', 'merge', facts.listed('one: APP-1', '{base}', '{APP-1}'),
    facts.listed('merge: Merge', '{base,one}', '{}', '{}'));
SELECT facts.pushed(4, 'org/merge release/1.0', 'base', 'picked', facts.listed('picked: APP-1', '{base}', '{APP-1}', picked => 'one'));
SELECT facts.pushed(5, 'org/merge main', 'merge', 'gone', facts.listed('gone: Revert "Merge"', '{merge}', reverts => '{merge}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-1';
SELECT * FROM facts.work WHERE issue_key = 'APP-1';
SELECT facts.pushed(6, 'org/merge release/1.0', 'picked', 'gone10',
    facts.listed('gone10: Revert "Merge"', '{picked}', reverts => '{merge}', picked => 'gone'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-1';
SELECT * FROM facts.work WHERE issue_key = 'APP-1';
SELECT correlation_rebuild();
-- The same told in another order: the pick last. Must come out: APP-2 reverted.
SELECT facts.pushed(1, 'org/late main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/late main', 'base', 'gone', facts.listed('one: APP-2', '{base}', '{APP-2}'),
    facts.listed('merge: Merge', '{base,one}', '{}', '{}'), facts.listed('gone: Revert "Merge"', '{merge}', reverts => '{merge}'));
SELECT facts.settle() >= 0;
SELECT facts.pushed(3, 'org/late release/1.0', NULL, 'gone10', facts.listed('picked: APP-2', '{base}', '{APP-2}', picked => 'one'),
    facts.listed('gone10: Revert "Merge"', '{picked}', reverts => '{merge}', picked => 'gone'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-2';
SELECT correlation_rebuild();

-- Picked to main before the merge came with the same, and the merge taken back. Must come out: APP-3 covered by picked, which the merge
-- did not bring; one is taken back on main, and stands on the release branch.
SELECT facts.pushed(1, 'org/before main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/before release/1.0', NULL, 'one', facts.listed('one: APP-3', '{base}', '{APP-3}'));
SELECT facts.pushed(3, 'org/before main', 'base', 'picked', facts.listed('picked: APP-3', '{base}', '{APP-3}', picked => 'one'));
SELECT facts.pushed(4, 'org/before main', 'picked', 'merge', facts.listed('one: APP-3', '{base}', '{APP-3}'),
    facts.listed('merge: Merge', '{picked,one}', '{}', '{}'));
SELECT facts.pushed(5, 'org/before main', 'merge', 'gone', facts.listed('gone: Revert "Merge"', '{merge}', reverts => '{merge}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-3';
-- Once the release branch has taken one back, too. Must come out: APP-3 covered by picked.
SELECT facts.pushed(6, 'org/before release/1.0', 'one', 'undone', facts.listed('undone: Revert', '{one}', reverts => '{one}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-3';
SELECT * FROM facts.work WHERE issue_key = 'APP-3';

-- Picked to a feature branch that was merged after the original was, and the original's merge taken back. Must come out: APP-4 reverted.
SELECT facts.pushed(1, 'org/two main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/two main', 'base', 'merge', facts.listed('one: APP-4', '{base}', '{APP-4}'),
    facts.listed('merge: Merge', '{base,one}', '{}', '{}'));
SELECT facts.pushed(3, 'org/two main', 'merge', 'merge2', facts.listed('picked: APP-4', '{base}', '{APP-4}', picked => 'one'),
    facts.listed('merge2: Merge', '{merge,picked}', '{}', '{}'));
SELECT facts.pushed(4, 'org/two main', 'merge2', 'gone', facts.listed('gone: Revert "Merge"', '{merge2}', reverts => '{merge}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-4';
SELECT * FROM facts.work WHERE issue_key = 'APP-4';

-- A merge is taken back by a revert that is merged as well (GitHub's Revert button), and the merge of the revert is picked to the release
-- branch. Must come out: APP-5 covered while the release branch has it, then reverted.
SELECT facts.pushed(1, 'org/button main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/button main', 'base', 'merge', facts.listed('one: APP-5', '{base}', '{APP-5}'),
    facts.listed('merge: Merge', '{base,one}', '{}', '{}'));
SELECT facts.pushed(3, 'org/button release/1.0', NULL, 'merge');
SELECT facts.pushed(4, 'org/button main', 'merge', 'merge2', facts.listed('gone: Revert "APP-5"', '{merge}', '{APP-5}', reverts => '{merge}'),
    facts.listed('merge2: Merge', '{merge,gone}', '{}', '{}', reverts => '{Revert}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-5';
SELECT * FROM facts.work WHERE issue_key = 'APP-5';
SELECT facts.pushed(5, 'org/button release/1.0', 'merge', 'gone10', facts.listed('gone10: Merge', '{merge}', '{APP-5}', reverts => '{Revert}', picked => 'merge2'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-5';
SELECT * FROM facts.work WHERE issue_key = 'APP-5';
SELECT correlation_rebuild();
-- A merge brings a revert under a title of its own, of work that another merge had brought, beside work that it takes back itself. Must
-- come out: APP-15 covered by the release branch until the merge is picked to it, then reverted; APP-16 covered by picked all along.
SELECT facts.pushed(1, 'org/titled main', NULL, 'merge', facts.listed('base: begin', '{}'), facts.listed('one: APP-15', '{base}', '{APP-15}'),
    facts.listed('merge: Merge', '{base,one}', '{}', '{}'));
SELECT facts.pushed(2, 'org/titled release/1.0', NULL, 'picked', facts.listed('picked: APP-16', '{merge}', '{APP-16}', picked => 'two'));
SELECT facts.pushed(3, 'org/titled main', 'merge', 'merge2', facts.listed('gone: Revert', '{one}', reverts => '{one}'),
    facts.listed('two: APP-16', '{gone}', '{APP-16}'), facts.listed('gone2: Revert', '{two}', reverts => '{two}'),
    facts.listed('merge2: Merge', '{merge,gone2}', '{}', '{}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-15', 'APP-16');
SELECT facts.pushed(4, 'org/titled release/1.0', 'picked', 'merge10', facts.listed('merge10: Merge', '{picked}', picked => 'merge2'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-15', 'APP-16');
SELECT correlation_rebuild();
-- Told before what it was picked from. Must come out: APP-6 covered, then reverted.
SELECT facts.pushed(1, 'org/ahead main', NULL, 'merge', facts.listed('base: begin', '{}'), facts.listed('one: APP-6', '{base}', '{APP-6}'),
    facts.listed('merge: Merge', '{base,one}', '{}', '{}'));
SELECT facts.pushed(2, 'org/ahead release/1.0', NULL, 'gone10', facts.listed('gone10: Merge', '{merge}', '{APP-6}', reverts => '{Revert}', picked => 'merge2'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-6';
SELECT facts.pushed(3, 'org/ahead main', 'merge', 'merge2', facts.listed('gone: Revert "APP-6"', '{merge}', '{APP-6}', reverts => '{merge}'),
    facts.listed('merge2: Merge', '{merge,gone}', '{}', '{}', reverts => '{Revert}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-6';
SELECT correlation_rebuild();

-- Picked to a feature branch that was cut before, taken back there, and merged. Must come out: APP-7 covered by done, which the feature
-- branch never had: a merge keeps what one side alone has.
SELECT facts.pushed(1, 'org/feature main', NULL, 'done', facts.listed('base: begin', '{}'), facts.listed('done: APP-7', '{base}', '{APP-7}'));
SELECT facts.pushed(2, 'org/feature main', 'done', 'merge', facts.listed('work: other', '{base}'),
    facts.listed('picked: APP-7', '{work}', '{APP-7}', picked => 'done'), facts.listed('undone: Revert', '{picked}', reverts => '{picked}'),
    facts.listed('merge: Merge', '{done,undone}', '{}', '{}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-7';
SELECT * FROM facts.work WHERE issue_key = 'APP-7';
-- The same where no parents are told. Must come out: APP-11 covered by done.
SELECT facts.pushed(1, 'org/silent main', NULL, 'done', facts.listed('base: begin'), facts.listed('done: APP-11', NULL, '{APP-11}'));
SELECT facts.pushed(2, 'org/silent work', NULL, 'undone', facts.listed('picked: APP-11', NULL, '{APP-11}', picked => 'done'),
    facts.listed('undone: Revert', reverts => '{picked}'));
SELECT facts.pushed(3, 'org/silent main', 'done', 'merge', facts.listed('picked: APP-11', NULL, '{APP-11}', picked => 'done', known => true),
    facts.listed('undone: Revert', reverts => '{picked}', known => true), facts.listed('merge: Merge', NULL, '{}', '{}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-11';
SELECT * FROM facts.work WHERE issue_key = 'APP-11';
-- With main merged into the feature branch before it was taken back. Must come out: APP-8 reverted.
SELECT facts.pushed(1, 'org/update main', NULL, 'done', facts.listed('base: begin', '{}'), facts.listed('done: APP-8', '{base}', '{APP-8}'));
SELECT facts.pushed(2, 'org/update main', 'done', 'merge', facts.listed('picked: APP-8', '{base}', '{APP-8}', picked => 'done'),
    facts.listed('update: Merge', '{picked,done}', '{}', '{}'), facts.listed('undone: Revert', '{update}', reverts => '{picked}'),
    facts.listed('merge: Merge', '{done,undone}', '{}', '{}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-8';
SELECT * FROM facts.work WHERE issue_key = 'APP-8';

-- Picked to a release branch, taken back there by a revert that was picked as well and names the original; the branch is merged and
-- deleted. Must come out: APP-12 covered by done, which was given back on main.
SELECT facts.pushed(1, 'org/gone main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/gone main', 'base', 'redone', facts.listed('done: APP-12', '{base}', '{APP-12}'),
    facts.listed('undone: Revert', '{done}', reverts => '{done}'), facts.listed('redone: Revert', '{undone}', reverts => '{undone}'));
SELECT facts.pushed(3, 'org/gone main', 'redone', 'merge', facts.listed('picked: APP-12', '{base}', '{APP-12}', picked => 'done'),
    facts.listed('gone: Revert', '{picked}', reverts => '{done}', picked => 'undone'),
    facts.listed('merge: Merge', '{redone,gone}', '{}', '{}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-12';
SELECT * FROM facts.work WHERE issue_key = 'APP-12';

-- Done, taken back and picked again on one feature branch. Must come out: APP-9 covered by again.
SELECT facts.pushed(1, 'org/again main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/again main', 'base', 'merge', facts.listed('done: APP-9', '{base}', '{APP-9}'),
    facts.listed('undone: Revert', '{done}', reverts => '{done}'), facts.listed('again: APP-9', '{undone}', '{APP-9}', picked => 'done'),
    facts.listed('merge: Merge', '{base,again}', '{}', '{}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-9';
SELECT * FROM facts.work WHERE issue_key = 'APP-9';
-- Where parents are told later. Must come out: APP-10 reverted while all of one moment look the same, then covered by again.
SELECT facts.pushed(1, 'org/told main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/told main', 'base', 'merge', facts.listed('done: APP-10', '{base}', '{APP-10}'),
    facts.listed('undone: Revert', NULL, reverts => '{done}'), facts.listed('again: APP-10', '{undone}', '{APP-10}', picked => 'done'),
    facts.listed('merge: Merge', '{base,again}', '{}', '{}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-10';
SELECT facts.pushed(3, 'org/told work', NULL, 'undone', facts.listed('undone: Revert', '{done}', reverts => '{done}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key = 'APP-10';
SELECT * FROM facts.work WHERE issue_key = 'APP-10';
SELECT correlation_rebuild();

-- Ranges go by the work, whichever of its commits an end has. Taken back on main, and there on the release branch as a pick. Must come out:
-- from the release branch to main, done is gone; the other way picked is new.
SET client_min_messages = warning;
CREATE FUNCTION facts.between(p_repository text, p_from text, p_to text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT split_part(c.message, ':', 1) || CASE WHEN w.is_gone THEN ' is gone' ELSE ' is new' END
    FROM work_in_range('main', 'git', p_repository, p_from, p_to) w
    JOIN commits c ON c.repository = p_repository AND c.sha = w.sha
    WHERE w.issue_key IS NOT NULL ORDER BY w.place $$;
SELECT facts.pushed(1, 'org/range main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/range release/1.0', NULL, 'picked', facts.listed('picked: APP-13', '{base}', '{APP-13}', picked => 'done'));
SELECT facts.pushed(3, 'org/range main', 'base', 'undone', facts.listed('done: APP-13', '{base}', '{APP-13}'),
    facts.listed('undone: Revert', '{done}', reverts => '{done}'));
SELECT facts.settle() >= 0;
SELECT facts.between('org/range', 'release/1.0', 'main');
SELECT facts.between('org/range', 'main', 'release/1.0');
-- main is merged into the release branch, which keeps the pick. Must come out: no row from the release branch on, since it has the work; done
-- is gone on main.
SELECT facts.pushed(4, 'org/range release/1.0', 'picked', 'merge', facts.listed('done: APP-13', '{base}', '{APP-13}'),
    facts.listed('undone: Revert', '{done}', reverts => '{done}'), facts.listed('merge: Merge', '{picked,undone}', '{}', '{}'));
SELECT facts.pushed(5, 'org/range release/2.0', NULL, 'picked');
SELECT facts.settle() >= 0;
SELECT facts.between('org/range', 'release/2.0', 'release/1.0');
SELECT facts.between('org/range', 'release/1.0', 'main');
-- A pick that the release branch has taken back while it has the original. Must come out: nothing is gone on it that release/2.0 has.
SELECT facts.pushed(1, 'org/still release/2.0', NULL, 'picked', facts.listed('base: begin', '{}'),
    facts.listed('picked: APP-14', '{base}', '{APP-14}', picked => 'done'));
SELECT facts.pushed(2, 'org/still main', NULL, 'done', facts.listed('base: begin', '{}'), facts.listed('done: APP-14', '{base}', '{APP-14}'));
SELECT facts.pushed(3, 'org/still release/1.0', NULL, 'undone', facts.listed('picked: APP-14', '{base}', '{APP-14}', picked => 'done'),
    facts.listed('undone: Revert', '{picked}', reverts => '{picked}'));
SELECT facts.pushed(4, 'org/still release/1.0', 'undone', 'merge', facts.listed('done: APP-14', '{base}', '{APP-14}'),
    facts.listed('merge: Merge', '{undone,done}', '{}', '{}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.work WHERE issue_key = 'APP-14';
SELECT facts.between('org/still', 'release/2.0', 'release/1.0');
-- A squash takes back among other work what came in the same range. Must come out: squash is new by APP-19; APP-20's is not.
SELECT facts.pushed(1, 'org/mixed main', NULL, 'base', facts.listed('base: begin', '{}'));
SELECT facts.pushed(2, 'org/mixed release/1.0', NULL, 'base');
SELECT facts.pushed(3, 'org/mixed main', 'base', 'squash', facts.listed('done: APP-20', '{base}', '{APP-20}'),
    facts.listed('squash: APP-19', '{done}', '{APP-19}', reverts => '{Squash,done}'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.story WHERE issue_key IN ('APP-19', 'APP-20');
SELECT facts.between('org/mixed', 'release/1.0', 'main');
-- No gap was left, and a rebuild finds nothing to do. Must come out: no row, then 0.
SELECT * FROM push_gaps;
SELECT correlation_rebuild();
