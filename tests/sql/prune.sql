-- What the prune job takes away and what it leaves, batch by batch; and what forget_issue does at once.
\set ECHO none
\ir ../support/facts.sql
\set ECHO all
\set VERBOSITY terse
\pset format unaligned
\pset tuples_only on
UPDATE settings SET value = '3' WHERE name = 'prune_batch_rows';
CREATE FUNCTION facts.ago(p_days numeric) RETURNS timestamptz LANGUAGE sql AS $$
    SELECT now() - p_days * interval '24 hours'
$$;
CREATE FUNCTION facts.left_of(p_at timestamptz) RETURNS int LANGUAGE sql AS $$
    SELECT round(extract(epoch FROM now() - p_at) / 86400)::int
$$;

-- Bodies go after 30 days, rows of the ledger after 400: the oldest first, three at a time, each tenant by itself.
INSERT INTO sources (source, tenant, kind) VALUES ('default', 'main', 'jira'), ('far', 'other', 'jira');
INSERT INTO deliveries (tenant, source, delivery_id, event, received_at, stored_at, outcome, body_sha256, body, kind)
SELECT t, CASE t WHEN 'main' THEN 'default' ELSE 'far' END, 'old-' || d, 'x', facts.ago(d), facts.ago(d), 'ignored',
       sha256((t || d)::bytea), '{}', 'jira'
FROM unnest('{main,other}'::text[]) t, unnest('{1,29.9,30.1,31,60,390,399,401,500}'::numeric[]) d;
CREATE VIEW facts.ledger AS
SELECT d.tenant, string_agg(facts.left_of(d.received_at) || CASE WHEN d.body IS NULL THEN '' ELSE '*' END, ' '
                            ORDER BY d.received_at DESC) AS days
FROM deliveries d WHERE d.delivery_id LIKE 'old-%' GROUP BY d.tenant;
SELECT prune_bodies();
SELECT * FROM facts.ledger ORDER BY tenant;
SELECT prune_bodies(), prune_bodies() AS then, prune_bodies() AS then;
SELECT prune_ledger(), prune_ledger() AS then;
SELECT prune_bodies('other'), prune_bodies('other') AS then, prune_bodies('other') AS then;
SELECT * FROM facts.ledger ORDER BY tenant;
UPDATE settings SET value = '0' WHERE name = 'prune_bodies_days';
SELECT prune_bodies(), prune_bodies() AS then;
UPDATE settings SET value = '30' WHERE name = 'prune_bodies_days';
-- What comes out of quarantine after months, and was received long before it was stored.
INSERT INTO deliveries (tenant, source, delivery_id, event, received_at, outcome, body_sha256, body, kind)
VALUES ('main', 'default', 'healed', 'x', facts.ago(200), 'ignored', '', '{}', 'jira');
SELECT prune_bodies(), prune_bodies() AS then;
DELETE FROM settings WHERE name = 'prune_ledger_days';
SELECT prune_ledger('other') AS without_a_setting;
INSERT INTO settings VALUES ('prune_ledger_days', '400', 'put back');

-- A run's items go first, its document with the last of them, its row with the ledger's; its coverage stays.
INSERT INTO runs (tenant, run_id, finished_at, artifact, document, worker, git_sha, lease_expires_at, summary)
SELECT 'main', 'run-' || d, facts.ago(d), 'artifacts/run-' || d, '{}', 'test', 'test', now(), '{}'
FROM unnest('{89.9,90.1,91,401}'::numeric[]) d;
INSERT INTO runs (tenant, run_id, started_at, worker, git_sha, lease_expires_at)
VALUES ('main', 'open', facts.ago(200), 'test', 'test', now() + interval '1 hour');
INSERT INTO run_items (tenant, run_id, subject, source, id)
SELECT r.tenant, r.run_id, 'issue', 'default', n::text FROM runs r, generate_series(1, 4) n;
INSERT INTO run_coverage SELECT tenant, run_id, 'default', 'APP', '1.0', now(), 1, 1, 0, 0, 0, 0 FROM runs;
CREATE VIEW facts.run AS
SELECT r.run_id, r.document, r.artifact, (SELECT count(*) FROM run_items i WHERE i.run_id = r.run_id) AS items FROM runs r;
SELECT prune_runs();
SELECT * FROM facts.run ORDER BY run_id;
SELECT prune_runs(), prune_runs() AS then;
SELECT * FROM facts.run ORDER BY run_id;
SELECT sum(prune_runs()) FROM generate_series(1, 5);
SELECT prune_runs();
SELECT * FROM facts.run ORDER BY run_id;
SELECT count(*) FROM coverage_history;

-- Rejections past the number that is kept.
SELECT store_rejections(array_fill('main'::text, '{8}'), array_fill('default'::text, '{8}'),
                        array_fill(now(), '{8}'), array_fill('x'::text, '{8}'), array_fill(1::bigint, '{8}'));
SELECT prune_rejections();
UPDATE settings SET value = '4' WHERE name = 'rejection_rows';
SELECT prune_rejections(), prune_rejections() AS then, prune_rejections() AS then;
SELECT count(*) FROM rejected_requests;

-- Reports of reconciliations go after 90 days, but for those that source_health shows: the last finished, and the last that ended.
INSERT INTO reconciliations (tenant, source, state, asked_by, started_at, finished_at)
SELECT t, s, state, 'schedule', facts.ago(d), CASE WHEN state <> 'running' THEN facts.ago(d) END
FROM (VALUES ('main', 'default', 89, 'finished'), ('main', 'default', 91, 'failed'), ('main', 'default', 92, 'finished'),
             ('main', 'default', 93, 'finished'), ('main', 'default', 94, 'finished'), ('main', 'default', 400, 'running'),
             ('main', 'quiet', 200, 'finished'), ('main', 'quiet', 150, 'failed'), ('main', 'quiet', 120, 'failed'),
             ('main', 'dead', 300, 'failed'), ('other', 'far', 300, 'finished'), ('other', 'far', 91, 'finished')) v (t, s, d, state);
SELECT prune_reconciliations(), prune_reconciliations() AS then, prune_reconciliations() AS then, prune_reconciliations('other') AS another;
SELECT tenant, source, state, facts.left_of(started_at) FROM reconciliations ORDER BY started_at;
DELETE FROM reconciliations;

-- Backfills go 90 days after they were finished or abandoned, but for the last one of a site that loaded all of it; what the next one
-- would go on with stays.
INSERT INTO backfills (tenant, source, jql, state, started_at, noted_at, finished_at)
SELECT t, s, jql, state, facts.ago(d + 1), facts.ago(d), CASE WHEN state = 'finished' THEN facts.ago(d) END
FROM (VALUES ('main', 'default', '', 400, 'finished'), ('main', 'default', '', 300, 'abandoned'), ('main', 'default', '', 200, 'finished'),
             ('main', 'default', 'a = 1', 120, 'finished'), ('main', 'default', '', 91, 'abandoned'),
             ('main', 'default', 'a = 1', 89, 'finished'), ('main', 'default', '', 88, 'abandoned'), ('main', 'quiet', '', 500, 'finished'),
             ('main', 'quiet', 'b = 1', 450, 'stopped'), ('main', 'dead', '', 410, 'running'), ('other', 'far', 'a = 1', 300, 'finished'))
     v (t, s, jql, d, state);
SELECT prune_backfills(), prune_backfills() AS then, prune_backfills() AS then, prune_backfills('other') AS another;
SELECT tenant, source, jql, state, facts.left_of(noted_at) FROM backfills ORDER BY noted_at;
SELECT begin_backfill('main', 'quiet', 'b = 1', false) = begin_backfill('main', 'quiet', 'b = 1', false) AS "goes on";
DELETE FROM backfills;

-- Issues: 1 and 2 were deleted 31 days ago, 3 yesterday, 4 went with its project 31 days ago, 5 is alive.
SELECT count(facts.issue(n, 'APP-' || n, facts.ago(50 - n)::text, ARRAY[10, 10 + n], labels => '{red}')) FROM unnest('{1,2,3,5}'::int[]) n;
SELECT count(facts.issue(4, 'GONE-4', facts.ago(46)::text, project => 10099));
SELECT count(facts.issue(5, 'APP-5', facts.ago(d)::text, '{10,15}')) FROM unnest('{47,48}'::int[]) d;
SELECT count(facts.issue_deleted(n, facts.ago(CASE n WHEN 3 THEN 1 ELSE 31 END)::text)) FROM generate_series(1, 3) n;
SELECT count(facts.commit('c' || n, ARRAY['APP-' || n], '2026-02-02 00:00Z')) FROM generate_series(1, 5) n;
SELECT facts.settle() > 0;
BEGIN;
UPDATE issues SET status = 'Open', priority = 'High', assignee = 'ada', assignee_name = 'Ada', components = '{core}',
                  fields = '{"summary": "x"}', resolved_at = now(), resolution = 'Done', status_category = 'done';
INSERT INTO comments (tenant, source, comment_id, issue_id, author, body, deleted_at)
SELECT 'main', 'default', 10 * i + n, i, 'ada', 'secret', CASE WHEN i < 3 THEN facts.ago(31) END
FROM generate_series(1, 5) i, generate_series(1, 2) n;
UPDATE comments SET deleted_at = facts.ago(CASE comment_id WHEN 51 THEN 31 ELSE 29 END) WHERE issue_id = 5;
INSERT INTO worklogs (tenant, source, worklog_id, issue_id, author, seconds_spent, started_at, deleted_at)
SELECT tenant, source, comment_id, issue_id, author, 60, now(), deleted_at FROM comments;
INSERT INTO issue_links (tenant, source, link_id, link_type, from_issue_id, to_issue_id, deleted_at)
VALUES ('main', 'default', 1, 'Blocks', 1, 5, facts.ago(31)), ('main', 'default', 2, 'Blocks', 5, 3, NULL);
INSERT INTO entities (tenant, source, kind, id, body, issue_id, deleted_at)
VALUES ('main', 'default', 'attachment', '1', '{"filename": "secret"}', 1, facts.ago(31)),
       ('main', 'default', 'attachment', '2', '{"filename": "secret"}', 5, NULL),
       ('main', 'default', 'sprint', '1', '{"name": "gone"}', NULL, facts.ago(31)),
       ('main', 'default', 'version', '77', '{"name": "gone", "description": "secret"}', NULL, facts.ago(31)),
       ('main', 'default', 'project', '10099', '{"key": "GONE", "name": "Gone", "lead": "secret"}', NULL, facts.ago(31));
CREATE VIEW facts.content AS
SELECT 'issue' AS what, i.issue_id::text AS id, i.deleted_at IS NOT NULL AS is_deleted,
       concat_ws(' ', i.issue_key, i.fix_versions::text, i.summary, i.issue_type, i.status, i.status_category, i.resolution,
                 i.resolved_at IS NOT NULL, i.priority, i.assignee, i.assignee_name, i.labels, i.components, i.fields) AS content
FROM issues i
UNION ALL SELECT 'comment', comment_id::text, deleted_at IS NOT NULL, concat_ws(' ', author, body) FROM comments
UNION ALL SELECT 'worklog', worklog_id::text, deleted_at IS NOT NULL, concat_ws(' ', author, seconds_spent, started_at IS NOT NULL)
FROM worklogs
UNION ALL SELECT 'link', link_id::text, deleted_at IS NOT NULL, concat_ws(' ', link_type, from_issue_id, to_issue_id) FROM issue_links
UNION ALL SELECT kind, id, deleted_at IS NOT NULL, body::text FROM entities;
COMMIT;
SELECT correlation_rebuild() > 0 AS "the project's issue goes with it";
SELECT bool_and(b <= 6) AND sum(b) > 10 AS "batches are small"
FROM (SELECT prune_tombstones() AS b FROM generate_series(1, 30)) p;
SELECT prune_tombstones();
SELECT * FROM facts.content ORDER BY what, id;
SELECT correlation_rebuild();

-- Sixty days more, and the project can't come back.
UPDATE entities SET deleted_at = facts.ago(91) WHERE kind = 'project';
SELECT correlation_rebuild() > 0;
SELECT sum(prune_tombstones()) > 0 FROM generate_series(1, 10);
SELECT * FROM facts.content WHERE id IN ('4', '41', '42', '10099') ORDER BY what, id;
SELECT correlation_rebuild();

-- An event of before is stale and brings nothing back; one that is later than all brings content, not life, for a day.
SELECT count(facts.issue(1, 'APP-1', facts.ago(49.5)::text, ARRAY[10, 11], delivery => 'early'));
SELECT outcome FROM deliveries WHERE delivery_id = 'early';
SELECT facts.settle() >= 0;
SELECT * FROM facts.content WHERE what = 'issue' AND id = '1';
SELECT count(facts.issue(1, 'APP-1', facts.ago(30.9)::text, ARRAY[10, 11], delivery => 'late'));
SELECT facts.settle() >= 0;
SELECT * FROM facts.content WHERE what = 'issue' AND id = '1';
SELECT prune_tombstones(), prune_tombstones() AS then;
SELECT * FROM facts.content WHERE what = 'issue' AND id = '1';
SELECT correlation_rebuild();

-- forget_issue: 5 is alive, has a commit, and was told of in every way.
UPDATE settings SET value = '500' WHERE name = 'prune_batch_rows';
INSERT INTO deliveries (tenant, source, delivery_id, event, received_at, outcome, body_sha256, body, kind)
SELECT 'main', 'default', d, 'x', now(), 'applied', sha256(b::bytea), b::bytea, 'jira'
FROM (VALUES ('f-comment', '{"comment": {"id": "52"}}'), ('f-self', '{"comment": {"id": "9", "self": "https://x/issue/5/comment/9"}}'),
             ('f-worklog', '{"worklog": {"id": "1", "issueId": "5"}}'), ('f-attachment', '{"attachment": {"id": 2}}'),
             ('f-link', '{"issueLink": {"sourceIssueId": 5, "destinationIssueId": 3}}'),
             ('f-other', '{"comment": {"id": "5", "self": "https://x/issue/55/comment/5"}}')) v (d, b);
INSERT INTO quarantined_deliveries (tenant, source, delivery_id, body_sha256, reason, detail, received_at, body, kind)
SELECT 'main', 'default', d, sha256(b::bytea), 'invalid_json', 'the body is not well-formed JSON near byte 9', now(), b::bytea, 'jira'
FROM (VALUES ('q-id', '{"issue": {"id": "5", "key": 7}}'), ('q-broken', '{"issue": {"id": "5", "key": "APP'), ('q-key', 'see APP-5!'),
             ('q-other', '{"issue": {"id": "55", "key": "APP-55"'), ('q-nul', 'APP-51 \000 XAPP-5')) v (d, b);
INSERT INTO issue_waivers (tenant, source, issue_id, reason, waived_by) VALUES ('main', 'default', 5, 'secret', 'ada');
INSERT INTO runs (tenant, run_id, finished_at, artifact, document, worker, git_sha, lease_expires_at)
SELECT 'main', k, now(), 'a', json_build_object('missing', json_build_array(json_build_object(
           'issue_key', k, 'source', 'default', 'summary', E'a "secret" \\ or\ttwo', 'state', 'missing')))::text, 'test', 'test', now()
FROM unnest('{APP-5,APP-55}'::text[]) k;
SELECT tenant, source, reason, deliveries, oldest_received_at = newest_received_at, example_detail, example_delivery_id
FROM quarantine_reasons;
SELECT forget_issue('default', 999);
SELECT forget_issue('default', 5, 'other');
SELECT * FROM forget_issue('default', 5);
SELECT * FROM facts.content WHERE id IN ('5', '51', '52', '2') ORDER BY what, id;
SELECT delivery_id, body IS NULL FROM deliveries WHERE delivery_id LIKE 'f-%' OR issue_id = 5 AND body IS NOT NULL ORDER BY 1;
SELECT delivery_id FROM quarantined_deliveries ORDER BY 1;
SELECT run_id, artifact, document, document::json IS NOT NULL FROM runs WHERE document LIKE '%APP-5%' ORDER BY 1;
SELECT count(*) FROM issue_waivers;
SELECT version_ids, version_names, project_key, project_name FROM issue_snapshots WHERE issue_id = 5
ORDER BY at;
SELECT kind, source, key FROM jobs WHERE state = 'available' AND kind = 'correlate_issue';
SELECT facts.settle() > 0;
SELECT count(*) FROM issue_commits WHERE issue_id = 5;
SELECT reason FROM commits_without_story WHERE message LIKE '%APP-5' ;
SELECT correlation_rebuild();

-- Nothing brings it back: not a later event, not a later deletion; what such an event left in the ledger goes the next day.
SELECT count(facts.issue(5, 'APP-5', now()::text, ARRAY[10, 15], delivery => 'f-late'));
SELECT facts.settle() >= 0;
SELECT outcome, body IS NULL FROM deliveries WHERE delivery_id = 'f-late';
INSERT INTO comments (tenant, source, comment_id, issue_id, author, body, delivery_id)
VALUES ('main', 'default', 53, 5, 'ada', 'secret', 'f-other');
UPDATE runs SET document = replace(document, '"summary" : null', '"summary" : "secret"') WHERE run_id = 'APP-5';
SELECT prune_forgotten(), prune_forgotten() AS then;
SELECT document LIKE '%secret%' FROM runs WHERE run_id = 'APP-5';
SELECT * FROM facts.content WHERE id IN ('5', '53') ORDER BY what, id;
SELECT delivery_id, body IS NULL FROM deliveries WHERE delivery_id IN ('f-late', 'f-other') ORDER BY 1;
SELECT correlation_rebuild();

-- The clock: due once a day, whoever asks.
UPDATE settings SET value = to_char(now() AT TIME ZONE INTERVAL '-07:00' - interval '1 minute', 'HH24:MI') WHERE name = 'prune_at';
UPDATE settings SET value = to_char(now() - interval '25 hours', 'YYYY-MM-DD"T"HH24:MI:SSOF') WHERE name = 'prune_scheduled_at';
SELECT enqueued, first_day = to_char(now() AT TIME ZONE INTERVAL '-07:00' - interval '90 days', 'YYYY-MM-DD') FROM prune_enqueue_due();
SELECT enqueued FROM prune_enqueue_due();
SELECT tenant, next_at BETWEEN now() + interval '23 h' AND now() + interval '24 h', last_enqueued_at > now() - interval '1 min', state
FROM prune_schedule ORDER BY tenant;
UPDATE settings SET value = to_char(now() AT TIME ZONE INTERVAL '-07:00' + interval '1 minute', 'HH24:MI') WHERE name = 'prune_at';
SELECT enqueued FROM prune_enqueue_due();
UPDATE settings SET value = to_char(now() - interval '25 hours', 'YYYY-MM-DD"T"HH24:MI:SSOF') WHERE name = 'prune_scheduled_at';
UPDATE settings SET value = 'off' WHERE name = 'prune_at';
SELECT enqueued FROM prune_enqueue_due();
SELECT tenant, next_at FROM prune_schedule ORDER BY tenant;
SELECT enqueue_job('prune', 'main') > 0;

-- What is sent and told of nothing.
DELETE FROM deliveries WHERE outcome = 'ignored';
INSERT INTO deliveries (tenant, source, delivery_id, event, received_at, outcome, body_sha256, kind)
SELECT 'main', 'default', 'i-' || n, CASE WHEN n < 4 THEN 'jira:unheard_of' ELSE 'odd' END, facts.ago(n), 'ignored',
       sha256(n::text::bytea), 'jira' FROM generate_series(1, 4) n;
SELECT tenant, source, event, deliveries, facts.left_of(first_received_at), facts.left_of(last_received_at), example_delivery_id
FROM ignored_events ORDER BY event;
