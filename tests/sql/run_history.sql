-- What a run keeps of stories that nothing tells of but their sub-tasks, their commits or the clock; and how its document has them.
\set ECHO none
\ir ../support/facts.sql
\ir ../support/history.sql
\pset format unaligned
\pset tuples_only on
SET search_path = jirasync, facts, public;
SET timezone = 'UTC';
-- A run of all that waits: which issues its document shows as touched, and how it correlates them; then what was kept wrong.
CREATE FUNCTION facts.run(p_run text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM jirasync.open_run('main', p_run, 'test', 'unknown', '{}', 60000);
    PERFORM facts.settle(p_run => p_run);
    PERFORM jirasync.close_run('main', p_run);
    RETURN QUERY
        SELECT 'touched ' || string_agg(i ->> 'issue_key', ' ' ORDER BY i ->> 'issue_key')
        FROM jirasync.runs r, json_array_elements(r.document::json -> 'issues') i WHERE r.run_id = p_run
        UNION ALL
        SELECT concat_ws(' ', s ->> 'issue_key', s ->> 'state')
        FROM jirasync.runs r, json_array_elements(r.document::json #> '{correlation,matched}') s WHERE r.run_id = p_run
        UNION ALL
        SELECT concat_ws(' ', s ->> 'issue_key', s ->> 'state')
        FROM jirasync.runs r, json_array_elements(r.document::json #> '{correlation,missing}') s WHERE r.run_id = p_run
        UNION ALL
        SELECT u.what FROM facts.unkept u;
END
$$;
CREATE FUNCTION facts.request(p_number int, p_hour int, VARIADIC p_keys text[]) RETURNS text LANGUAGE sql AS $$
    SELECT facts.git(jsonb_build_object('repository', 'org/web', 'pull_request', jsonb_build_object(
        'number', p_number, 'title', array_to_string(p_keys, ' '), 'target_branch', 'main', 'state', 'merged', 'keys', p_keys,
        'merge_sha', facts.sha('aaaaaaa'), 'updated_at', '2026-03-02 00:00Z'::timestamptz + p_hour * interval '1 hour'))) $$;
\set ECHO all
SELECT facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{10}');
SELECT facts.issue(2, 'APP-2', '2026-03-01 00:00Z', '{11}');
SELECT facts.issue(3, 'APP-3', '2026-03-01 00:00Z', type => 'Sub-task', level => -1, parent => 1);
SELECT facts.commit('bb', '{APP-3}', '2026-03-02 00:00Z');
SELECT facts.run('sub-task');
-- It moves to another parent: the former one is missing.
SELECT facts.issue(3, 'APP-3', '2026-03-03 00:00Z', type => 'Sub-task', level => -1, parent => 2);
SELECT kind, key, is_quiet FROM jobs ORDER BY key;
SELECT facts.run('moved');
-- It becomes a story: so is that one.
SELECT facts.issue(3, 'APP-3', '2026-03-04 00:00Z', parent => 2);
SELECT facts.run('story');
-- A story leaves nobody when it gets another epic, nor does what is late.
SELECT facts.issue(3, 'APP-3', '2026-03-05 00:00Z', parent => 1);
SELECT facts.issue(3, 'APP-3', '2026-03-02 00:00Z', type => 'Sub-task', level => -1, parent => 2);
SELECT kind, key, is_quiet FROM jobs ORDER BY key;
SELECT facts.run('epic');
-- A pull request gets another title: the story that it named has no commit any more. No event told of it.
SELECT facts.git('{"repository": "org/web", "default_branch": "main", "changes": [{"ref": "main", "after": "aaaaaaa000000000000000000000000000000000",
    "commits": [{"sha": "aaaaaaa000000000000000000000000000000000", "message": "work"}]}]}', p_received => '2026-03-02 00:00Z');
SELECT facts.request(1, 1, 'APP-1');
SELECT facts.run('title');
SELECT facts.request(1, 2, 'APP-2');
SELECT facts.run('retitled');
-- A key is taken by another issue, and falls back to its former bearer when that is deleted.
SELECT facts.issue(4, 'APP-3', '2026-03-06 00:00Z', '{10}');
SELECT facts.run('taken');
SELECT facts.issue_deleted(4, '2026-03-07 00:00Z');
SELECT facts.run('fallen');
-- A waiver ends by the clock, and is followed once.
SELECT regexp_replace(waive_issue('APP-1', 'no code', 'Grace', now() + interval '1 day'), ' until.*', '');
SELECT facts.run('waived');
SELECT end_waivers();
UPDATE issue_waivers SET expires_at = now() - interval '1 second';
SELECT end_waivers(), end_waivers();
SELECT kind, key, is_quiet FROM jobs ORDER BY key;
SELECT facts.run('ended');
SELECT end_waivers();
-- Another one ends like the first.
SELECT regexp_replace(waive_issue('APP-1', 'no code', 'Grace', now() + interval '1 day'), ' until.*', '');
SELECT facts.run('waived again');
UPDATE issue_waivers SET expires_at = now() - interval '1 second';
SELECT end_waivers();
