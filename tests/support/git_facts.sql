-- Cases of git repositories, told by pushes, in few words: adds to schema facts what names commits and shows what became of them.
\ir facts.sql
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
        'reverts', (SELECT jsonb_agg(CASE WHEN r LIKE '%#%' OR r IN ('Revert', 'Squash') THEN r ELSE facts.sha(r) END) FROM unnest(reverts) r),
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
-- A pull request; one that has a merged commit, or a newest one alone, as after a fast-forward, was merged.
CREATE FUNCTION facts.request(p_repository text, p_number int, p_title text, p_branch text, p_keys text[], p_merge text DEFAULT NULL,
    p_commits int DEFAULT NULL, p_head text DEFAULT NULL, p_digits int DEFAULT 40)
RETURNS text LANGUAGE sql AS $$
    SELECT facts.git(jsonb_build_object('repository', p_repository, 'pull_request', jsonb_build_object(
        'number', p_number, 'title', p_title, 'source_branch', p_branch, 'target_branch', 'main',
        'state', CASE WHEN coalesce(p_merge, p_head) IS NULL THEN 'open' ELSE 'merged' END,
        'merge_sha', left(facts.sha(p_merge), p_digits), 'head_sha', left(facts.sha(p_head), p_digits), 'keys', p_keys,
        'commit_count', p_commits,
        'updated_at', CASE WHEN coalesce(p_merge, p_head) IS NULL THEN '2026-03-02T01:00:00Z' ELSE '2026-03-02T12:00:00Z' END))) $$;
-- A pull request with its newest commit, of the key that its title begins with.
CREATE FUNCTION facts.asked(p_repository text, p_number int, p_title text, p_head text, p_merge text DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
    SELECT facts.git(jsonb_build_object('repository', p_repository, 'pull_request', jsonb_build_object(
        'number', p_number, 'title', p_title, 'target_branch', 'main', 'head_sha', facts.sha(p_head), 'merge_sha', facts.sha(p_merge),
        'keys', ARRAY[split_part(p_title, ' ', 1)], 'state', CASE WHEN p_merge IS NULL THEN 'open' ELSE 'merged' END,
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
SELECT bool_or(facts.issue(n, 'APP-' || n, '2026-03-01 00:00Z', '{10}') IS NULL) FROM generate_series(1, 40) n;
