-- Which pushes ask their host for what they left out, what a fetch is told to ask for, and what it makes of a push.
\set ECHO none
\ir ../support/facts.sql
\set VERBOSITY terse
\pset format unaligned
\pset tuples_only on
\pset null -
SET search_path = jirasync, facts, public;
SET timezone = 'UTC';
-- A push to refs that lists commits by their hashes; each change is [ref, before, after, is_whole, commit...].
CREATE FUNCTION facts.push(p_delivery text, p_source text, p_at text, VARIADIC p_changes jsonb[]) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    RETURN facts.git(jsonb_build_object('changes', (
        SELECT jsonb_agg(jsonb_build_object(
            'ref', c ->> 0, 'before', c ->> 1, 'after', c ->> 2, 'is_whole', (c ->> 3)::boolean,
            'commits', (SELECT coalesce(jsonb_agg(jsonb_build_object('sha', e #>> '{}', 'message', 'APP-1 ' || (e #>> '{}'),
                                                                     'keys', '["APP-1"]'::jsonb) ORDER BY n), '[]')
                        FROM jsonb_array_elements(c) WITH ORDINALITY l (e, n) WHERE n > 4)) ORDER BY k)
        FROM unnest(p_changes) WITH ORDINALITY u (c, k))), p_delivery, p_at::timestamptz, p_source => p_source);
END
$$;
-- Forced and whole.
CREATE FUNCTION facts.force(p_delivery text, p_at text, p_ref text, p_before text, p_after text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    RETURN facts.git(jsonb_build_object('changes', jsonb_build_array(jsonb_build_object(
        'ref', p_ref, 'before', p_before, 'after', p_after, 'is_forced', true))), p_delivery, p_at::timestamptz, p_source => 'hub');
END
$$;
CREATE VIEW facts.fetches AS SELECT source || ' ' || key || ' ' || state AS fetch FROM jobs WHERE kind = 'fetch_commits';
-- Commits as a host is asked for them: [sha, parent...].
CREATE FUNCTION facts.commits(p_commits jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_agg(jsonb_build_object('sha', c ->> 0, 'parents', c - 0, 'message', 'OPS-2 ' || (c ->> 0), 'keys', '["OPS-2"]'::jsonb,
                                        'is_merge_named', false, 'refused', '[]'::jsonb) ORDER BY n)
    FROM jsonb_array_elements(p_commits) WITH ORDINALITY l (c, n)
$$;
CREATE VIEW facts.lists AS
SELECT p.delivery_id || '/' || p.change || ' ' || p.listed || ' ' || p.is_whole || ': '
       || coalesce((SELECT string_agg(l.sha, ' ' ORDER BY l.place) FROM push_commits l
                    WHERE (l.tenant, l.source, l.delivery_id, l.change) = (p.tenant, p.source, p.delivery_id, p.change)), '') AS list
FROM pushes p;
SELECT register_sources('[{"source": "hub", "kind": "github", "has_credentials": true}, {"source": "mute", "kind": "github"}]');
\set ECHO all

-- One job for each change that left commits out, or what a new branch stands on; none for a deletion, or a source without credentials.
SELECT facts.push('p1', 'hub', '2026-03-01 10:00Z', '["main", "a1", "a5", false, "a4", "a5"]', '["dev", null, "d1", true, "d1"]', '["old", "o1", null, false]', '["x", "x1", "x2", false]');
SELECT facts.push('p1', 'mute', '2026-03-01 10:00Z', '["main", "a1", "a5", false]');
SELECT * FROM facts.fetches ORDER BY 1;
-- Told twice it is asked for once.
SELECT facts.push('p1', 'hub', '2026-03-01 10:00Z', '["main", "a1", "a5", false, "a4", "a5"]', '["dev", null, "d1", true, "d1"]', '["old", "o1", null, false]', '["x", "x1", "x2", false]');
SELECT count(*) FROM facts.fetches;
-- What a job is told to ask for; nothing of what is no gap, or no push.
SELECT repository, ref, before, after, waits_for FROM push_to_fetch('main', 'hub', 'p1/1');
SELECT ref, before, after FROM push_to_fetch('main', 'hub', 'p1/2');
SELECT count(*) FROM push_to_fetch('main', 'hub', 'p1/3');
SELECT count(*) FROM push_to_fetch('main', 'hub', 'p9/1');
SELECT count(*) FROM push_to_fetch('main', 'hub', 'nonsense');

-- The push becomes whole: its list, the commits with their parents and keys, and a job that reads the branch as a whole.
DELETE FROM jobs WHERE kind = 'correlate_commit';
SELECT complete_push('main', 'hub', 'p1', 1, 'a1', 'a5', facts.commits('[["a2", "a1"], ["b1", "a1"], ["a4", "a2", "b1"], ["a5", "a4"]]'));
SELECT * FROM facts.lists WHERE list LIKE 'p1/1 4%';
SELECT sha || ' ' || array_to_string(parents, ',') || ' ' || message FROM commits WHERE source = 'hub' AND sha ~ '^[ab]' ORDER BY 1;
SELECT sha || ' ' || string_agg(key, ',') FROM commit_keys WHERE source = 'hub' AND sha ~ '^[ab]' GROUP BY sha ORDER BY 1;
SELECT regexp_replace(key, '#.*', '#FROM-TO') FROM jobs WHERE kind = 'correlate_commit' ORDER BY 1;
SELECT ref, reason FROM push_gaps WHERE source = 'hub' ORDER BY 1;
-- Once: what is whole, or told otherwise by now, is left alone.
SELECT complete_push('main', 'hub', 'p1', 1, 'a1', 'a5', '[]');
SELECT complete_push('main', 'hub', 'p1', 4, 'x1', 'x9', '[]');
SELECT complete_push('main', 'hub', 'p9', 1, 'x1', 'x2', '[]');
SELECT * FROM facts.lists WHERE list LIKE 'p1/1%' OR list LIKE 'p1/4%' ORDER BY 1;
-- A move back by force brings nothing, and is whole with nothing.
SELECT complete_push('main', 'hub', 'p1', 4, 'x1', 'x2', '[]');
SELECT * FROM facts.lists WHERE list LIKE 'p1/4%';
-- Which the host need not say.
SELECT delivery_id || '/' || change || ' ' || is_forced FROM pushes WHERE source = 'hub' ORDER BY 1;

-- A host that tells no parents is asked for them where they say more than that one commit goes on from the tip.
DELETE FROM jobs;
SELECT facts.push('g1', 'hub', '2026-03-01 10:10Z', '["topic", "t0", "t1", true, "t1"]', '["topic", "t1", "t3", true, "t2", "t3"]');
SELECT facts.push('g1', 'mute', '2026-03-01 10:10Z', '["topic", "t1", "t3", true, "t2", "t3"]');
SELECT * FROM facts.fetches ORDER BY 1;
SELECT source, ref, before, after, listed FROM guessed_pushes ORDER BY source, received_at;
SELECT complete_push('main', 'hub', 'g1', 2, 't1', 't3', facts.commits('[["t2", "t0"], ["t3", "t2", "t1"]]'));
SELECT regexp_replace(key, '#.*', '#FROM-TO') FROM jobs WHERE kind = 'correlate_commit' AND key !~ '@' ORDER BY 1;
SELECT source, ref, before, after, listed FROM guessed_pushes ORDER BY source, received_at;
SELECT count(*) FROM push_to_fetch('main', 'hub', 'g1/2');
SELECT complete_push('main', 'hub', 'g1', 2, 't1', 't3', '[]');
SELECT * FROM facts.lists WHERE list LIKE 'g1/2%' ORDER BY 1;

-- By hand: all gaps of a source.
DELETE FROM jobs WHERE kind = 'fetch_commits';
SELECT facts.push('p2', 'hub', '2026-03-01 11:00Z', '["main", "a5", "a7", false]');
DELETE FROM jobs WHERE kind = 'fetch_commits';
SELECT fetch_gaps('hub');
SELECT * FROM facts.fetches ORDER BY 1;
SELECT fetch_gaps('mute');
SELECT fetch_gaps('nobody');

-- A new branch waits until what came before it is known; what comes after it does not matter.
SELECT facts.push('p3', 'hub', '2026-03-01 12:00Z', '["new", null, "n2", false]');
SELECT facts.push('p4', 'hub', '2026-03-01 13:00Z', '["main", "a7", "a9", false]');
SELECT ref, waits_for, wait_ms BETWEEN 500 AND 1000 AS soon FROM push_to_fetch('main', 'hub', 'p3/1');
SELECT ref, waits_for FROM push_to_fetch('main', 'hub', 'p4/1');
SELECT complete_push('main', 'hub', 'p2', 1, 'a5', 'a7', facts.commits('[["a6", "a5"], ["a7", "a6"]]'));
DELETE FROM jobs WHERE kind = 'fetch_commits' AND key = 'p2/1';
SELECT ref, waits_for FROM push_to_fetch('main', 'hub', 'p3/1');
-- Its own are those that no branch held by then: not what came later, nor what was dropped before.
SELECT facts.push('q1', 'hub', '2026-03-01 11:10Z', '["gone", "a5", "g1", true, "g1"]');
SELECT facts.push('q2', 'hub', '2026-03-01 11:20Z', '["gone", "g1", null, true]');
SELECT facts.push('q3', 'hub', '2026-03-01 11:30Z', '["bent", "a5", "e2", true, "e1", "e2"]');
SELECT facts.force('q4', '2026-03-01 11:40Z', 'bent', 'e2', 'f1');
SELECT facts.push('q5', 'hub', '2026-03-01 11:45Z', '["back", "a5", "k1", true, "k1"]', '["back", "k1", "k2", true, "k2"]');
SELECT facts.force('q6', '2026-03-01 11:50Z', 'back', 'k2', 'k1');
SELECT facts.push('q7', 'hub', '2026-03-01 13:30Z', '["late", "a5", "l1", true, "l1"]');
SELECT array_agg(h ORDER BY h) FROM held_before('main', 'hub', 'p3', 1, '{a1,a4,a6,a7,g1,e1,e2,k1,k2,l1,n1,n2}') h;
-- An import has read it: nothing is to be asked for any more.
UPDATE commits SET is_from_history = true WHERE sha = 'a1';
INSERT INTO commits (tenant, source, repository, sha, parents, message, is_from_history) VALUES ('main', 'hub', 'org/app', 'n2', '{n1}', '', true);
SELECT count(*) FROM push_to_fetch('main', 'hub', 'p3/1');

-- A replay shows the gap again, and asks again.
DELETE FROM jobs;
SELECT facts.git('{"changes": [{"ref": "main", "before": "a5", "after": "a7", "is_whole": false}]}', 'p2', '2026-03-01 11:00Z', p_source => 'hub',
                 p_body => (SELECT convert_from(body, 'UTF8') FROM deliveries WHERE source = 'hub' AND delivery_id = 'p2'), p_is_replay => true);
SELECT * FROM facts.fetches;
SELECT * FROM facts.lists WHERE list LIKE 'p2/%';

-- Credentials that come ask for all gaps; those that stay ask for nothing.
DELETE FROM jobs;
SELECT register_sources('[{"source": "hub", "kind": "github", "has_credentials": true, "base_url": "https://github.com"}, {"source": "mute", "kind": "github", "has_credentials": true}]');
SELECT * FROM facts.fetches;
SELECT source, requests_per_second FROM site_settings ORDER BY 1;
SELECT count(*) FROM site_positions;

-- Each night a host is asked once more for what was given up after all attempts; not for what it refused, and not when that is off.
DELETE FROM jobs;
INSERT INTO jobs (tenant, kind, source, key, state, attempts, max_attempts, last_error) VALUES
    ('main', 'fetch_commits', 'hub', 'p2/1', 'discarded', 20, 20, 'the host answered 503'),
    ('main', 'fetch_commits', 'hub', 'p4/1', 'discarded', 1, 20, 'the host answered 404'),
    ('main', 'fetch_commits', 'mute', 'm1/1', 'discarded', 20, 20, 'the host answered 503');
UPDATE site_settings SET reconcile_at = 'off' WHERE source = 'mute';
UPDATE site_positions SET scheduled_at = '2026-03-08 12:00Z';
SELECT source, reconcile_at, next_at, is_due, state FROM reconcile_schedule_at('2026-03-09 10:15Z') WHERE source IN ('hub', 'mute') ORDER BY 1;
SELECT reconcile_enqueue_due('2026-03-09 10:14Z') >= 0;
SELECT * FROM facts.fetches ORDER BY 1;
SELECT reconcile_enqueue_due('2026-03-09 10:15Z') >= 0, reconcile_enqueue_due('2026-03-09 10:16Z');
SELECT source || ' ' || key || ' ' || state, attempts, max_attempts FROM jobs WHERE kind = 'fetch_commits' ORDER BY 1;
SELECT source, next_at, is_due, state FROM reconcile_schedule_at('2026-03-09 10:20Z') WHERE source IN ('hub', 'mute') ORDER BY 1;

-- A branch and a tag are put on commits of which nobody has told. Must come out: both are shown; the host is asked for the branch's when
-- somebody asks for all gaps, and its commit is known then; the tag's comes with the push that lists it.
DELETE FROM jobs;
SELECT facts.push('u1', 'hub', '2026-03-05 10:00Z', '["copy", null, "u2", true]');
SELECT facts.git(jsonb_build_object('changes', jsonb_build_array(jsonb_build_object('ref', 'v9', 'kind', 'tag', 'after', 'u4', 'is_whole', true))),
                 'u3', '2026-03-05 11:00Z', p_source => 'hub');
SELECT facts.settle() >= 0;
SELECT ref, reason FROM push_gaps WHERE source = 'hub' AND delivery_id IN ('u1', 'u3') ORDER BY 1;
SELECT ref, before, after FROM push_to_fetch('main', 'hub', 'u1/1');
SELECT count(*) FROM push_to_fetch('main', 'hub', 'u3/1');
SELECT fetch_gaps('hub') > 0;
SELECT * FROM facts.fetches f WHERE f.fetch LIKE '% u%' ORDER BY 1;
SELECT complete_push('main', 'hub', 'u1', 1, NULL, 'u2', facts.commits('[["u1"], ["u2", "u1"]]'));
SELECT facts.push('u4', 'hub', '2026-03-05 12:00Z', '["later", null, "u4", true, "u4"]');
SELECT facts.settle() >= 0;
SELECT ref, reason FROM push_gaps WHERE source = 'hub' AND delivery_id LIKE 'u%' ORDER BY 1;
SELECT complete_push('main', 'hub', 'u1', 1, NULL, 'u2', '[]');
