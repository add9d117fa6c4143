-- Commits that are their own ancestors, which git can't make and a signed body can claim: each look at them ends.
\set ECHO none
\ir ../support/git_facts.sql
SET statement_timeout = '30s';
\set ECHO all
-- A merge brings two that are each other's parent; then the branch goes on from one of them by a fast-forward.
SELECT facts.pushed(1, 'org/ring main', NULL, 'merge', facts.listed('start: APP-1', '{root}', '{APP-1}'),
    facts.listed('one: APP-2', '{two}', '{APP-2}'), facts.listed('two:', '{one}'),
    facts.listed('merge:', '{start,one}', handed => '{}'));
SELECT facts.pushed(2, 'org/ring main', 'merge', 'next', facts.listed('next: APP-3', '{one,merge}', '{APP-3}'));
SELECT facts.settle() > 0;
SELECT line, is_sure, cut, commits FROM facts.line WHERE repository = 'org/ring';
SELECT issue_key, state FROM facts.story WHERE repositories = '{org/ring}' ORDER BY 1;
SELECT correlation_rebuild();
-- A commit that is its own parent, and two branches that are each made on what the other one has.
SELECT facts.pushed(1, 'org/knot main', NULL, 'self', facts.listed('self: APP-4', '{self}', '{APP-4}'));
SELECT facts.pushed(2, 'org/knot left', NULL, 'left', facts.listed('left:', '{right}'));
SELECT facts.pushed(3, 'org/knot right', NULL, 'right', facts.listed('right:', '{left}'));
SELECT facts.settle() > 0;
SELECT line, is_sure, cut, commits FROM facts.line WHERE repository = 'org/knot';
SELECT correlation_rebuild();
-- A ref is cut from an older one, so nothing that is told has refs change one another for ever. If something ever did, it ended.
CREATE OR REPLACE FUNCTION jirasync.write_ref_of_name(
    p_tenant text, p_source text, p_repository text, p_ref text, p_is_whole boolean, OUT changed integer, OUT shas text[],
    OUT is_restructured boolean, OUT is_regraded boolean, OUT is_read_anew boolean, OUT is_redone boolean) LANGUAGE sql AS $$
    SELECT 1, ARRAY[facts.sha('left'), facts.sha('right')], false, false, true, true $$;
SELECT changed > 1000 FROM write_refs('main', 'git', 'org/knot', '{left}', '{}');
