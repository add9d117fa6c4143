-- When sites are reconciled, what a comparison finds, and what an answer that shows an issue alive does to its tombstone.
\set ECHO none
\ir ../support/facts.sql
\set ECHO all
\set VERBOSITY terse
\pset format unaligned
\pset tuples_only on
\pset null -
SELECT register_sources('[{"source": "default", "kind": "jira"}, {"source": "second", "kind": "jira", "tenant": "other"}, {"source": "host", "kind": "github"}]');
UPDATE site_settings SET reconcile_at = 'off' WHERE source = 'second';

-- By the clock of Phoenix, which knows no daylight saving: every 24 hours, whatever zone asks, over its changes and the date line.
CREATE FUNCTION facts.schedule(p_zone text, p_at text, p_time text DEFAULT '03:15') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_times  record;
BEGIN
    PERFORM set_config('timezone', p_zone, true);
    SELECT * INTO v_times FROM reconcile_times(p_time, p_at::timestamptz);
    PERFORM set_config('timezone', 'UTC', true);
    RETURN v_times.last_due || ' .. ' || v_times.next_due;
END $$;
SELECT z, facts.schedule(z, '2026-03-08 10:14:59Z'), facts.schedule(z, '2026-03-08 10:15:00Z') FROM unnest('{UTC,America/New_York,Pacific/Auckland,Pacific/Apia,America/Phoenix}'::text[]) z;
SELECT count(*), min(t.next_due - t.last_due), max(t.next_due - t.last_due), bool_and(t.last_due <= h AND h < t.next_due),
       bool_and(to_char(t.next_due AT TIME ZONE INTERVAL '-07:00', 'HH24:MI') = '03:15')
FROM unnest('{America/New_York,Europe/Berlin,Pacific/Auckland,Pacific/Kiritimati,Australia/Lord_Howe}'::text[]) z,
     LATERAL set_config('timezone', z, false) s,
     generate_series(timestamptz '2026-01-01 00:00Z', '2026-12-31 00:00Z', interval '97 minutes') h, LATERAL reconcile_times('03:15', h) t
WHERE s = z;
SET timezone = 'UTC';
SELECT facts.schedule('UTC', '2026-12-31 23:59Z', '17:00'), facts.schedule('UTC', '2027-01-01 00:00Z', '17:00'), reconcile_times('off', now());

-- A new site is not reconciled for the time that passed before it; then once a night, whoever asks.
UPDATE site_positions SET scheduled_at = '2026-03-08 12:00Z';
SELECT source, next_at, is_due, state FROM reconcile_schedule_at('2026-03-09 10:14Z') ORDER BY 1;
SELECT reconcile_enqueue_due('2026-03-09 10:14Z'), reconcile_enqueue_due('2026-03-09 10:15Z') AS then, reconcile_enqueue_due('2026-03-09 10:16Z') AS once;
SELECT source, next_at, is_due, last_asked_at, state, asked_by FROM reconcile_schedule_at('2026-03-09 10:20Z') ORDER BY 1;
SELECT tenant, kind, source, key FROM jobs;
-- A night that was missed is made good once, not twice.
SELECT reconcile_enqueue_due('2026-03-14 08:00Z'), reconcile_enqueue_due('2026-03-14 08:00Z') AS once, reconcile_enqueue_due('2026-03-14 10:15Z') AS then;
UPDATE site_settings SET reconcile_at = '20:00' WHERE source = 'second';
SELECT reconcile_enqueue_due('2026-03-14 10:16Z'), tenant, source, asked_by FROM reconcile_schedule ORDER BY 3;
SELECT count(*) FROM reconcile_schedule WHERE next_at <= now();
DELETE FROM jobs;
SELECT ask_reconcile('host');
SELECT ask_reconcile('default') > 0, asked_by FROM reconcile_schedule WHERE source = 'default';
SELECT asked_by FROM reconcile_schedule WHERE source = 'default';

-- A receiver that was away longer than the site bears asks for one when it is back: one, however many children greet.
DELETE FROM jobs;
\set sources '[{"source": "default"}, {"source": "second"}, {"source": "host"}]'
UPDATE site_settings SET reconcile_after_outage = '1 minute' WHERE source = 'second';
SELECT note_receiver(:'sources', '2026-03-20 00:00Z') AS the_first, note_receiver(:'sources', '2026-03-20 00:00:30Z') AS there,
       note_receiver(:'sources', '2026-03-20 00:05:00Z') AS away_4_minutes, note_receiver(:'sources', '2026-03-20 00:05:01Z') AS a_sibling,
       note_receiver(:'sources', '2026-03-20 00:15:02Z') AS away_10_minutes, note_receiver('[{"source": "second"}]', '2026-03-20 00:15:03Z') AS another;
SELECT source, outage_from, outage_until, asked_by FROM site_positions ORDER BY 1;
SELECT tenant, kind, source FROM jobs ORDER BY 3;
SELECT schema_version <> '' FROM receiver_hello('[{"source": "default", "kind": "jira"}]');
SELECT receiver_seen_at > now() - interval '1 minute' FROM site_positions WHERE source = 'default';
-- A webhook breaks the silence of a site; what was fetched does not.
INSERT INTO deliveries (tenant, source, delivery_id, event, received_at, outcome, body_sha256, kind)
SELECT 'main', 'default', i, 'x', now() - a, 'ignored', sha256(i::bytea), 'jira'
FROM (VALUES ('hook', interval '50 seconds'), ('fetch:1', interval '20 seconds'), ('fetch:2', interval '10 seconds')) v (i, a);
UPDATE site_positions SET receiver_seen_at = now() - interval '30 seconds' WHERE source = 'default';
SELECT note_receiver(:'sources'), last_delivery_at IS NULL FROM source_health WHERE source = 'default';
SELECT round(extract(epoch FROM silent_for) / 10) FROM source_health WHERE source = 'default';
INSERT INTO deliveries (tenant, source, delivery_id, event, received_at, outcome, body_sha256, kind)
SELECT 'main', 'default', 'late', 'x', now() - interval '1 second', 'ignored', sha256('late'), 'jira';
SELECT round(extract(epoch FROM silent_for) / 10) FROM source_health WHERE source = 'default';
DELETE FROM deliveries;
DELETE FROM jobs;

-- A site that is silent for longer than its habit is reconciled, once, and once more when it is heard again; what we fetched is no voice.
CREATE FUNCTION facts.hear(p_id text, p_at text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO deliveries (tenant, source, delivery_id, event, received_at, outcome, body_sha256, kind)
    VALUES ('main', 'default', p_id, 'x', p_at::timestamptz, 'ignored', sha256(p_id::bytea), 'jira');
    UPDATE site_positions SET last_webhook_at = p_at::timestamptz WHERE source = 'default' AND p_id NOT LIKE 'fetch:%' $$;
UPDATE sources SET registered_at = '2026-03-20 00:00Z';
UPDATE site_positions SET asked_by = NULL, last_webhook_at = NULL;
UPDATE site_settings SET silent_after = '2 hours' WHERE source = 'default';
SELECT facts.hear('hook-1', '2026-03-20 01:00Z');
SELECT * FROM watch_sources('2026-03-20 03:00Z');
SELECT * FROM watch_sources('2026-03-20 03:00:01Z');
SELECT * FROM watch_sources('2026-03-20 03:00:01Z');
SELECT tenant, kind, source, asked_by FROM jobs JOIN site_positions USING (tenant, source);
DELETE FROM jobs;
SELECT facts.hear('fetch:hook', '2026-03-20 09:00Z');
SELECT * FROM watch_sources('2026-03-20 09:10Z');
SELECT facts.hear('hook-2', '2026-03-20 09:30Z');
SELECT * FROM watch_sources('2026-03-20 09:31Z');
SELECT * FROM watch_sources('2026-03-20 09:32Z');
SELECT tenant, kind, source, asked_by FROM jobs JOIN site_positions USING (tenant, source);
-- A site that has never sent anything is silent since it is known; a git host has no such habit.
SELECT * FROM watch_sources('2026-03-21 00:00:01Z') ORDER BY 1;
SELECT count(*) FROM watch_sources('2026-04-21 00:00Z');
SELECT source, silent_since FROM site_positions ORDER BY 1;
DELETE FROM deliveries;
DELETE FROM jobs;
UPDATE site_positions SET asked_by = NULL, silent_since = NULL;

-- A comparison: what Jira lists against what the mirror shows.
SELECT facts.issue(n, 'APP-' || n, '2026-03-01 00:00Z') FROM generate_series(1, 6) n;
SELECT facts.store(ARRAY[facts.event(7, 'APP-7', '2026-03-01 00:00Z', whole => false)]);
SELECT facts.issue_deleted(5, '2026-03-02 00:00Z'), facts.issue_deleted(6, '2026-03-02 00:00Z');
SELECT facts.issue(30, 'WEB-30', '2026-03-01 00:00Z'), facts.issue(31, 'APP-31', '2026-03-19 23:59:30Z', created => '2026-03-19 23:59:30Z'),
       facts.issue(32, 'APP-32', '2026-03-01 00:00Z', source => 'elsewhere');
SELECT changed_since, since_minutes FROM begin_reconcile('main', 'default', '2026-03-20 00:00Z');
SELECT max(id) AS run FROM reconciliations \gset
SELECT list_issues('main', :run, '{1,2,3,8}', '{APP-1,APP-2,NEW-3,APP-8}', '{2026-03-01 00:00Z,2026-03-01 00:00:00.001Z,2026-03-05 00:00Z,2026-03-05 00:00Z}');
SELECT list_issues('main', :run, '{1,5,7,7}', '{APP-1,APP-5,APP-7,APP-7}', '{2026-03-01 00:00Z,2026-02-01 00:00Z,2026-03-05 00:00Z,2026-03-06 00:00Z}');
SELECT * FROM compare_listed('main', :run, NULL) ORDER BY 2;
SELECT * FROM compare_listed('main', :run, ARRAY[facts.project('APP'), facts.project('WEB')]) WHERE finding = 'gone' ORDER BY 2;
-- One that went with its project, which is listed now and comes back, is gone itself.
BEGIN;
UPDATE issues SET deleted_at = '2026-03-02 00:00Z' WHERE issue_id = 30;
SELECT * FROM compare_listed('main', :run, ARRAY[facts.project('APP'), facts.project('WEB')]) WHERE finding = 'gone' ORDER BY 2;
SELECT gone_bodies('main', 'default', '{5,30}', '2026-03-20 00:00Z');
ROLLBACK;
-- Of projects whose issues were all listed, that is; another one may be archived, or hidden from us.
SELECT * FROM compare_listed('main', :run, ARRAY[facts.project('APP')]) WHERE finding = 'gone' ORDER BY 2;
SELECT unlisted_projects('main', 'default', ARRAY[facts.project('APP')]) = facts.project('WEB'),
       (SELECT count(*) FROM unlisted_projects('main', 'default', ARRAY[facts.project('APP'), facts.project('WEB')]));
-- More than a few that are not listed are no proof that nothing is there.
UPDATE settings SET value = '1' WHERE name = 'gone_least';
SELECT * FROM compare_listed('main', :run, ARRAY[facts.project('APP'), facts.project('WEB')]);
UPDATE settings SET value = '60' WHERE name = 'gone_percent';
SELECT count(*) FROM compare_listed('main', :run, ARRAY[facts.project('APP'), facts.project('WEB')]);
SELECT end_reconcile('main', :run, 6, 3, 1, 1, 1, 12, NULL, '2026-03-20 00:00:09Z'), end_reconcile('main', :run, 0, 0, 0, 0, 0, 0) AS again;
SELECT last_reconcile_at, missing_found, changed_found, deletes_found, moved_found, reconcile_problem FROM source_health WHERE source = 'default';
SELECT count(*) FROM listed_issues;
-- The next one begins a little before the watermark; one that fails leaves it where it was.
SELECT changed_since, since_minutes FROM begin_reconcile('main', 'default', '2026-03-21 00:00:01Z');
SELECT end_reconcile('main', max(id), 0, 0, 0, 0, 0, 1, '401: the token was refused', '2026-03-21 00:00:02Z') FROM reconciliations;
SELECT last_reconcile_at, reconcile_problem FROM source_health WHERE source = 'default';
SELECT changed_since FROM begin_reconcile('main', 'default', '2026-03-21 00:10Z');
SELECT list_issues('main', max(id), '{1}', '{APP-1}', '{2026-03-01 00:00Z}') FROM reconciliations;
-- One that was interrupted is marked, and what it had listed is gone.
SELECT changed_since FROM begin_reconcile('main', 'default', '2026-03-21 00:20Z');
SELECT state, asked_by, changed_since, problem FROM reconciliations ORDER BY id;
SELECT count(*) FROM listed_issues;

-- A project that was archived, then deleted, and is listed is neither any more.
BEGIN;
INSERT INTO entities (tenant, source, kind, id, body, is_shown, archived_at, deleted_at)
VALUES ('main', 'default', 'project', '77', '{"id": 77, "key": "OLD", "name": "Old"}', true, '2026-03-01 00:00Z', '2026-03-02 00:00Z');
SELECT f::jsonb ->> 'webhookEvent' FROM fetched_projects('main', 'default', ARRAY['{"id": "77", "key": "OLD", "name": "Old"}'], false, '2026-03-20 00:00Z') f ORDER BY 1;
ROLLBACK;

-- An issue that Jira has not got is asked for twice before it is taken for deleted.
SELECT * FROM note_absent_issues('main', 'default', '{1,99}', p_at => '2026-03-21 00:00Z') ORDER BY 1;
SELECT * FROM note_absent_issues('main', 'default', '{1,2}', p_at => '2026-03-21 00:00:59Z') ORDER BY 1;
SELECT * FROM note_absent_issues('main', 'default', '{1,2}', p_at => '2026-03-21 00:01:00Z') ORDER BY 1;
SELECT is_confirmed FROM note_absent_issues('main', 'default', '{4}', true, p_at => '2026-03-21 00:01:00Z');
SELECT forget_absent_issues('main', 'default', '{1,2,3}');
SELECT issue_id FROM absent_issues ORDER BY 1;

-- A later answer that shows an issue alive lifts its tombstone; an event, however late, and an older answer do not.
CREATE FUNCTION facts.life(p_id bigint) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce('deleted ' || deleted_at, 'alive') || coalesce(', seen ' || seen_alive_at, '') || ', ' || coalesce(summary, 'blank') FROM issues WHERE issue_id = p_id $$;
SELECT facts.life(5);
SELECT facts.issue(5, 'APP-5', '2026-03-09 00:00Z'); SELECT facts.life(5);
SELECT facts.entity('comment', '50', '2026-03-01 00:00Z', p_issue => 5, p_text => 'own'), facts.entity('comment', '51', '2026-03-01 00:00Z', p_issue => 5, p_text => 'its');
SELECT facts.entity('comment', '50', '2026-03-04 00:00Z', p_issue => 5, p_mark => 1);
SELECT facts.fetched(5, 'APP-5', '2026-03-09 00:00Z', '2026-03-01 23:59:59Z'); SELECT facts.life(5);
SELECT facts.fetched(5, 'APP-5', '2026-03-09 00:00Z', '2026-03-09 00:00:01Z'); SELECT facts.life(5);
SELECT comment_id, deleted_at FROM comments WHERE issue_id = 5 ORDER BY 1;
-- The same delete once more, or one that was told late, does not bury it again; a later one does.
SELECT facts.issue_deleted(5, '2026-03-08 00:00Z'); SELECT facts.life(5);
SELECT facts.settle(), facts.life(5);
SELECT facts.issue_deleted(5, '2026-03-10 00:00Z'); SELECT facts.life(5);
-- An answer that is older than what is known changes no content, and still shows that the issue lived.
SELECT facts.issue(4, 'APP-4', '2026-03-15 00:00Z', labels => '{late}'), facts.issue_deleted(4, '2026-03-16 00:00Z');
SELECT facts.fetched(4, 'APP-4', '2026-03-10 00:00Z', '2026-03-17 00:00Z'); SELECT facts.life(4), labels, updated_at FROM issues WHERE issue_id = 4;
-- What was forgotten stays so.
SELECT sum(forgotten) > 0 FROM forget_issue('default', 6);
SELECT facts.fetched(6, 'APP-6', '2026-04-10 00:00Z', '2099-04-11 00:00Z'); SELECT facts.life(6) LIKE 'deleted%blank';

-- In whatever order they come and however they are grouped, the same is left.
CREATE FUNCTION facts.order_of(p_id bigint, p_order int[], p_is_batch boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_event  facts.event[] := ARRAY[
        facts.event(p_id, 'APP-' || p_id, '2026-03-01 00:00Z', delivery => 'a' || p_id),
        facts.event(p_id, 'APP-' || p_id, '2026-03-01 00:00Z', told => '2026-03-03 00:00Z', deletes => true, delivery => 'b' || p_id),
        facts.event(p_id, 'APP-' || p_id, '2026-03-01 00:00Z', told => '2026-03-04 00:00Z', delivery => 'c' || p_id, name => 'jirasync:issue_fetched'),
        facts.event(p_id, 'APP-' || p_id, '2026-03-01 00:00Z', told => '2026-03-02 00:00Z', deletes => true, delivery => 'd' || p_id)];
BEGIN
    v_event := ARRAY(SELECT v_event[o] FROM unnest(p_order) WITH ORDINALITY u (o, n) ORDER BY n);
    IF p_is_batch THEN
        PERFORM facts.store(v_event);
    ELSE
        FOR i IN 1 .. 4 LOOP PERFORM facts.store(v_event[i:i]); END LOOP;
    END IF;
END $$;
WITH orders AS (
    SELECT ARRAY[a, b, c, d] AS o FROM generate_series(1, 4) a, generate_series(1, 4) b, generate_series(1, 4) c, generate_series(1, 4) d
    WHERE a <> b AND a <> c AND a <> d AND b <> c AND b <> d AND c <> d)
SELECT count(facts.order_of(1000 + 2 * n + is_batch::int, o, is_batch)) FROM (SELECT o, row_number() OVER (ORDER BY o) AS n FROM orders) r, unnest('{f,t}'::boolean[]) is_batch;
SELECT count(*), deleted_at, buried_at, seen_alive_at, rank_updated, rank_timestamp FROM issues WHERE issue_id > 1000 GROUP BY 2, 3, 4, 5, 6;
-- And one by one they are told apart as in a batch.
SELECT string_agg(DISTINCT a.o, ' / ') FROM (
    SELECT d.issue_id, string_agg(left(d.delivery_id, 1) || ':' || d.outcome, ' ' ORDER BY d.delivery_id) AS o
    FROM deliveries d WHERE d.issue_id > 1000 GROUP BY 1) a
WHERE (SELECT count(DISTINCT b.o) FROM (
    SELECT d.issue_id, string_agg(left(d.delivery_id, 1) || ':' || d.outcome, ' ' ORDER BY d.delivery_id) AS o
    FROM deliveries d WHERE d.issue_id > 1000 GROUP BY 1) b WHERE b.issue_id / 2 = a.issue_id / 2) > 1;
SELECT facts.settle(), correlation_rebuild();
