-- A release with all that a report tells of, after facts.sql and places.sql; what it makes hangs on no clock.
--
-- Project APP: version 1.0, frozen on March 10, with stories in each state; 1.1 comes after it, 1.2 is empty. Project OPS has
-- a 1.0 of its own. Repository org/app: release/1.0 is cut from main at position 5; org/web has main alone. The runs
-- run-1, run-2 and run-3 ended on March 5, 9 and 14, and heard what was told until then: that APP-15 left 1.0 on March 8
-- was told late.

-- Correlates what waits, as a run that ended at an instant.
CREATE FUNCTION facts.run(p_run text, p_at timestamptz, p_tenant text DEFAULT 'main') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM jirasync.open_run(p_tenant, p_run, 'test', 'unknown', '{}', 60000);
    PERFORM facts.settle(p_run => p_run, p_tenant => p_tenant);
    PERFORM jirasync.close_run(p_tenant, p_run);
    UPDATE jirasync.deliveries SET received_at = p_at WHERE tenant = p_tenant AND received_at > p_at AND received_at > '2026-04-01';
    UPDATE jirasync.runs SET started_at = p_at, finished_at = p_at WHERE tenant = p_tenant AND run_id = p_run;
    UPDATE jirasync.run_coverage SET at = p_at WHERE tenant = p_tenant AND run_id = p_run;
    UPDATE jirasync.run_items SET at = p_at WHERE tenant = p_tenant AND run_id = p_run;
    UPDATE jirasync.run_states SET at = p_at WHERE tenant = p_tenant AND run_id = p_run;
    UPDATE jirasync.story_states s SET since = p_at FROM jirasync.run_states r
    WHERE r.tenant = p_tenant AND r.run_id = p_run AND s.tenant = p_tenant AND s.source = r.source AND s.issue_id = r.issue_id;
END
$$;

-- What is said of an issue, where it is to be read.
CREATE FUNCTION facts.say(p_key text, p_summary text) RETURNS void LANGUAGE sql AS $$
    UPDATE jirasync.issues SET summary = p_summary WHERE tenant = 'main' AND issue_key = p_key
$$;

SELECT facts.issue(20, 'APP-20', '2026-03-01 00:00Z', '{10}', '{1.0}', type => 'Epic', level => 1),
       facts.issue(1, 'APP-1', '2026-03-01 00:00Z', '{10}', '{1.0}', parent => 20),
       facts.issue(2, 'APP-2', '2026-03-01 00:00Z', '{10}', '{1.0}'),
       facts.issue(3, 'APP-3', '2026-03-01 00:00Z', '{10}', '{1.0}'),
       facts.issue(4, 'APP-4', '2026-03-01 00:00Z', '{10}', '{1.0}'),
       facts.issue(5, 'APP-5', '2026-03-01 00:00Z', '{10}', '{1.0}', type => 'Bug'),
       facts.issue(6, 'APP-6', '2026-03-01 00:00Z', '{10}', '{1.0}'),
       facts.issue(7, 'APP-7', '2026-03-01 00:00Z', '{10}', '{1.0}', type => 'Sub-task', level => -1, parent => 6, parent_key => 'APP-6'),
       facts.issue(8, 'APP-8', '2026-03-01 00:00Z', '{10}', '{1.0}', resolution => 'Won''t Do'),
       facts.issue(9, 'APP-9', '2026-03-01 00:00Z', '{11}', '{1.1}'),
       facts.issue(10, 'APP-10', '2026-03-01 00:00Z'),
       facts.issue(11, 'APP-11', '2026-03-01 00:00Z', '{10}', '{1.0}'),
       facts.issue(12, 'APP-12', '2026-03-01 00:00Z', '{10}', '{1.0}'),
       facts.issue(14, 'APP-14', '2026-03-01 00:00Z', '{10,11}', '{1.0,1.1}'),
       facts.issue(15, 'APP-15', '2026-03-01 00:00Z', '{10}', '{1.0}'),
       facts.issue(21, 'APP-21', '2026-03-01 00:00Z', type => 'Sub-task', level => -1, parent => 9, parent_key => 'APP-9'),
       facts.issue(31, 'OPS-1', '2026-03-01 00:00Z', '{30}', '{1.0}');
SELECT facts.entity('version', '12', '2026-03-01 00:00Z', '{"name": "1.2", "projectId": 10000}');
SELECT facts.ref('main', 'charset'), facts.ref('release/1.0', 'backout', 'main', 5), facts.ref('feature/APP-4', 'draft', 'main', 2, p_counted => false),
       facts.ref('v1.0-rc1', 'merge', 'main', 5, 'tag'), facts.ref('v1.0', 'hotpatch', 'release/1.0', 9, 'tag'),
       facts.ref('main', 'web-sub', p_repository => 'org/web');
SELECT facts.placed('start', 'main', 1, '2026-03-02 08:00Z'),
       facts.placed('login', 'main', 2, '2026-03-02 09:00Z', '{APP-1}', parents => '{start}'),
       facts.placed('export', 'main', 3, '2026-03-03 09:00Z', '{APP-3}', parents => '{login}'),
       facts.placed('draft', 'feature/APP-4', 3, '2026-03-03 10:00Z', '{APP-4}', parents => '{login}'),
       facts.placed('web-login', 'main', 1, '2026-03-03 11:00Z', '{APP-1}', p_repository => 'org/web');
INSERT INTO jirasync.commit_keys (tenant, source, repository, sha, key, evidence, via)
VALUES ('main', 'git', 'org/web', facts.sha('web-login'), 'APP-1', 'pull_request', '#7');
SELECT facts.run('run-1', '2026-03-05 18:00Z');

SELECT facts.placed('undo', 'main', 4, '2026-03-06 09:00Z', '{APP-3}', parents => '{export}', reverts => ARRAY[facts.sha('export')]),
       facts.placed('import1', 'main', 5, '2026-03-06 10:00Z', parents => '{login}', on_line => false, p_landed => '2026-03-07 09:00Z'),
       facts.placed('import2', 'main', 5, '2026-03-06 11:00Z', parents => '{import1}', on_line => false, p_landed => '2026-03-07 09:00Z'),
       facts.placed('merge', 'main', 5, '2026-03-07 09:00Z', parents => '{undo,import2}'),
       facts.placed('web-sub', 'main', 2, '2026-03-08 11:00Z', '{APP-7}', parents => '{web-login}', p_repository => 'org/web');
INSERT INTO jirasync.commit_keys (tenant, source, repository, sha, key, evidence, via)
SELECT 'main', 'git', 'org/app', facts.sha(n), 'APP-2', 'branch', 'feature/APP-2' FROM unnest('{import1,import2}'::text[]) n;
SELECT jirasync.waive_issue('APP-11', 'Bought, not built', 'Grace');
SELECT facts.run('run-2', '2026-03-09 18:00Z');

SELECT facts.placed('sneak', 'release/1.0', 6, '2026-03-08 09:00Z', '{APP-21}', parents => '{merge}'),
       facts.placed('unplanned', 'release/1.0', 7, '2026-03-09 09:00Z', '{APP-10}', parents => '{sneak}'),
       facts.placed('late', 'release/1.0', 8, '2026-03-12 09:00Z', '{APP-1}', parents => '{unplanned}'),
       facts.placed('hotpatch', 'release/1.0', 9, '2026-03-12 10:00Z', parents => '{late}'),
       facts.placed('backout', 'release/1.0', 10, '2026-03-13 09:00Z', '{APP-1}', parents => '{hotpatch}', reverts => ARRAY[facts.sha('login')]),
       facts.placed('next', 'main', 6, '2026-03-12 11:00Z', '{APP-9,APP-14}', parents => '{merge}'),
       facts.placed('typo', 'main', 7, '2026-03-12 12:00Z', '{APP-99}', parents => '{next}'),
       facts.placed('gone', 'main', 8, '2026-03-12 13:00Z', '{APP-12}', parents => '{typo}'),
       facts.placed('bump', 'main', 9, '2026-03-12 14:00Z', parents => '{gone}', p_author => 'dependabot[bot]'),
       facts.placed('charset', 'main', 10, '2026-03-12 15:00Z', '{UTF-8}', parents => '{bump}');
SELECT facts.issue_deleted(12, '2026-03-11 00:00Z');
SELECT facts.issue(13, 'APP-13', '2026-03-11 00:00Z', '{10}', '{1.0}', added => '{10}'),
       facts.issue(15, 'APP-15', '2026-03-08 01:00Z', removed => '{10}');
SELECT facts.run('run-3', '2026-03-14 18:00Z');

UPDATE jirasync.versions SET freeze_at = '2026-03-10 00:00Z', release_date = '2026-03-16' WHERE version_id = 10;
SELECT facts.say('APP-20', 'Accounts'), facts.say('APP-1', 'Log in with a hardware key'), facts.say('APP-2', 'Import of old orders'),
       facts.say('APP-3', 'Export of invoices as PDF'), facts.say('APP-4', 'Draft of the search'),
       facts.say('APP-5', 'Totals are off by one cent when a discount and a voucher meet in one order'),
       facts.say('APP-6', 'Remember the last filter'), facts.say('APP-7', 'Keep it in the session'), facts.say('APP-8', 'Fax'),
       facts.say('APP-9', 'Two currencies'), facts.say('APP-10', 'Faster start'), facts.say('APP-11', 'Address check'),
       facts.say('APP-13', 'Cookie notice'), facts.say('APP-14', 'Rounding'), facts.say('APP-15', 'Dark mode'), facts.say('OPS-1', 'New firewall');

-- Another tenant, hostile, whose site `evil` and git host `evilgit` say what could harm a reader.
CREATE FUNCTION facts.hostile(p_id int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT (ARRAY[
        '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '</style></title><b>bold</b> &amp; &lt;',
        '=HYPERLINK("http://example.com","a")', '+1+cmd|'' /C calc''!A0', '-2+3', '@SUM(A1:A9)', E'\t=1+1', U&'\FF1D1+1',
        'a|b `c` *d* _e_ [f](http://example.com) ![g](h) \| ~~i~~ $j$ {k}', '@everyone see #12 and !7',
        E'\x1b[31mred\x1b[0m \x1b]0;title\x07 bell\x07 back\x08\x08', U&'\009b31m C1 \0085 next line \00ad soft',
        U&'\202eesrever\202c \2066isolate\2069 \200bzero\feff', U&'\2028line\2029paragraph',
        U&'\+01f468\200d\+01f469\200d\+01f467 \0645\06cc\200c\0646\0648\06cc\0633\0645 \6f22\5b57\304b\306a',
        U&'Z\0300\0301\0302\0303\0304\0305\0306a\0300\0301l', E'two\nlines\r\nand "quotes", commas', ' leading and trailing ',
        repeat('verylongword', 400), repeat('many words ', 400), '', '--><!-- ]]> <![CDATA[ ', 'javascript:alert(1)'])[p_id]
$$;
SELECT facts.issue(n, 'EV-' || n, '2026-03-01 00:00Z', '{90}', names => '{2.0}', source => 'evil', tenant => 'hostile'),
       facts.commit('evil' || n, ARRAY['EV-' || n], '2026-03-02 00:00Z', p_source => 'evilgit', p_tenant => 'hostile',
                    p_repository => 'evil/<i>repo</i>'),
       facts.commit('stray' || n, '{}', '2026-03-02 00:00Z', p_source => 'evilgit', p_tenant => 'hostile',
                    p_repository => 'evil/<i>repo</i>')
FROM generate_series(1, 24) n;
SELECT facts.place('main<script>', n, ARRAY['evil' || n, 'stray' || n], 'evil/<i>repo</i>', 'evilgit', 'hostile') FROM generate_series(1, 24) n;
SELECT facts.run('evil-1', '2026-03-05 18:00Z', 'hostile');
UPDATE jirasync.issues SET summary = facts.hostile(issue_id::int), status = facts.hostile(issue_id::int), issue_type = facts.hostile(issue_id::int)
WHERE tenant = 'hostile';
UPDATE jirasync.versions SET name = '<b>2.0</b> "final" & | @all' WHERE tenant = 'hostile';
UPDATE jirasync.commits c SET message = facts.hostile(n), author = facts.hostile(n) || '<'
FROM generate_series(1, 24) n WHERE c.tenant = 'hostile' AND c.sha IN (facts.sha('evil' || n), facts.sha('stray' || n));
INSERT INTO jirasync.issue_waivers (tenant, source, issue_id, reason, waived_by)
SELECT 'hostile', 'evil', n, coalesce(nullif(btrim(facts.hostile(n)), ''), 'none'), 'Mallory <m@example.com>' FROM generate_series(2, 24, 2) n;
