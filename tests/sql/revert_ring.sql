-- Reverts that take back one another in a ring take nothing back, and the end of the ring is seen by all that hung on it.
\set ECHO none
\ir ../support/facts.sql
\set VERBOSITY terse
\pset format unaligned
\pset tuples_only on
SET search_path = jirasync, facts, public;
SET timezone = 'UTC';
\set ECHO all
-- Three reverts name one another; the first also takes back a fourth, which takes back the work for a story.
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{10}');
SELECT facts.commit('work', '{APP-1}', '2026-03-02 00:00Z');
SELECT facts.commit('fourth', '{}', '2026-03-03 00:00Z', reverts => ARRAY[facts.sha('work')]);
SELECT facts.commit('first', '{}', '2026-03-04 00:00Z', reverts => ARRAY[facts.sha('second'), facts.sha('fourth')]);
SELECT facts.commit('second', '{}', '2026-03-04 00:00Z', reverts => ARRAY[facts.sha('third')]);
SELECT facts.commit('third', '{}', '2026-03-04 00:00Z', reverts => ARRAY[facts.sha('first')]);
SELECT facts.settle() > 0;
SELECT issue_key, state FROM story_coverage;
SELECT correlation_rebuild();
-- The first is no revert any more: nothing takes back the fourth, so the work is reverted.
SELECT facts.commit('first', '{}', '2026-03-04 00:00Z');
SELECT facts.settle() > 0;
SELECT issue_key, state FROM story_coverage;
SELECT correlation_rebuild();
