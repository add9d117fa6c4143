-- What stands behind a link: a merge's own message, what the merge brought in, and an issue that is only a stub.
\set ECHO none
\ir ../support/facts.sql
\set VERBOSITY terse
\pset format unaligned
\pset tuples_only on
SET search_path = jirasync, facts, public;
SET timezone = 'UTC';
CREATE FUNCTION facts.links() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT l.issue_key || ' <- ' || c.message || ' (' || l.evidence || CASE WHEN l.is_merge THEN ', a merge' ELSE '' END
           || CASE WHEN l.counts THEN ', counts)' ELSE ')' END
    FROM jirasync.issue_commits l
    JOIN jirasync.commits c ON c.tenant = l.tenant AND c.source = l.commit_source
                           AND c.repository = l.repository AND c.sha = l.sha
    ORDER BY 1 $$;
\set ECHO all
-- A branch is named after a story; its commits name nothing. The merge hands the key of its subject down to them.
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{10}');
SELECT facts.commit('base', '{}', '2026-03-01 00:00Z');
SELECT facts.commit('part', '{}', '2026-03-02 00:00Z', parents => '{base}');
SELECT facts.commit('merge', '{APP-1}', '2026-03-03 00:00Z', parents => '{base,part}');
SELECT facts.place('refs/heads/main', 1, '{base}');
SELECT facts.place('refs/heads/main', 2, '{merge,part}');
INSERT INTO commit_keys (tenant, source, repository, sha, key, evidence, via)
SELECT tenant, source, repository, sha, 'APP-1', 'merge', facts.sha('merge')
FROM commits WHERE sha = facts.sha('part');
SELECT facts.settle() > 0;
SELECT facts.links();
-- Read by messages only, the story has its merge; by the union of all evidence, the work too.
SELECT evidence, count(*) FROM issue_commits GROUP BY 1 ORDER BY 1;
-- A fragment told of an issue: a stub. A commit that names it is linked and no orphan, but a stub is no story yet.
INSERT INTO issues (tenant, source, issue_id, issue_key, is_stub, event, delivery_id, rank_updated, rank_timestamp, rank_sha256)
VALUES ('main', 'default', 2, 'APP-2', true, 'jira:issue_updated', 'fragment', '2026-03-04 00:00Z', '2026-03-04 00:00Z', '\x00');
INSERT INTO issue_keys VALUES ('main', 'default', 'APP-2', 2, '2026-03-04 00:00Z');
SELECT facts.touch('correlate_issue', 'default', '2');
SELECT facts.commit('ahead', '{APP-2}', '2026-03-04 00:00Z', parents => '{merge}');
SELECT facts.place('refs/heads/main', 3, '{ahead}');
SELECT facts.settle() > 0;
SELECT facts.links();
SELECT issue_key, state FROM story_coverage ORDER BY 1;
SELECT split_part(message, ' ', 1), reason FROM commits_without_story ORDER BY 1;
-- The whole event comes: the stub becomes a story, and its commit covers it.
SELECT facts.issue(2, 'APP-2', '2026-03-05 00:00Z', '{10}');
UPDATE issues SET is_stub = false WHERE issue_id = 2;
SELECT facts.settle() > 0;
SELECT issue_key, state FROM story_coverage ORDER BY 1;
-- A rebuild has nothing to add.
SELECT correlation_rebuild();
