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
