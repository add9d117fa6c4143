-- Fills a migrated, empty database with issues and the commits that name them: the same rows for the same three numbers.
--
--     psql -d URI -v issues=100000 -v commits=1000000 -v seed=1 -f tests/bench/history.sql
--
-- About ten commits name each of the first commits / 10 issues (all, where there are fewer), so that one issue has as
-- much to its name however many commits there are. Each commit bears two candidate keys or so: known ones, former ones,
-- unknown numbers, and what is no key at all. One in twelve is a merge that brought in three, one in a hundred a revert,
-- which may itself be taken back. The last of each repository have not landed.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET synchronous_commit = off;
SET work_mem = '64MB';
SET timezone = 'UTC';

SELECT format($f$CREATE FUNCTION pg_temp.roll(n bigint, what int, sides int) RETURNS int LANGUAGE sql IMMUTABLE AS
    'SELECT ((hashint8extended($1, %s + $2) & 9223372036854775807) %% $3)::int'$f$, :seed * 1000) \gexec
CREATE FUNCTION pg_temp.key(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ''PRJ'' || $1 % 20 || ''-'' || 1 + $1 / 20';
SELECT greatest(1, least(:issues, :commits / 10)) AS named, 10 AS repositories \gset

-- Issues: twenty projects of ten versions, epics, stories, sub-tasks; one to five events each, the versions of some change.
CREATE TEMP TABLE issue AS
SELECT n, 1 + pg_temp.roll(n, 1, 5) AS events, '2024-01-01'::timestamptz + n * interval '1 minute' AS created_at,
       CASE WHEN n % 50 = 0 THEN 1 WHEN n % 10 = 9 THEN -1 ELSE 0 END AS hierarchy_level,
       CASE WHEN n % 50 = 0 THEN NULL WHEN n % 10 = 9 THEN n - 2 ELSE nullif(n - n % 50, 0) END AS parent_id,
       (n % 20) * 100 + 1 + pg_temp.roll(n, 2, 10) AS version, (n % 20) * 100 + 1 + pg_temp.roll(n, 3, 10) AS later_version,
       CASE WHEN pg_temp.roll(n, 4, 10) < 7 THEN pg_temp.roll(n, 5, 9) END AS changes_at,
       pg_temp.roll(n, 6, 50) = 0 AS is_moved, pg_temp.roll(n, 7, 100) = 0 AS is_deleted
FROM generate_series(1, :issues) n;

INSERT INTO jirasync.issue_snapshots
    (tenant, source, issue_id, at, delivery_id, version_ids, version_names, added_ids, removed_ids, project_id, project_key,
     project_name, parent_id, parent_key, created_at, rank_timestamp, rank_sha256)
SELECT 'main', 'default', i.n, t.at, t.delivery_id, v.ids,
       ARRAY(SELECT '1.' || id % 100 || CASE WHEN e = 1 AND i.events > 1 AND id % 7 = 0 THEN '-rc' ELSE '' END FROM unnest(v.ids) id),
       CASE WHEN e = i.changes_at THEN ARRAY[i.later_version] ELSE '{}' END,
       CASE WHEN e = i.changes_at THEN ARRAY[i.version] ELSE '{}' END,
       10000 + i.n % 20, 'PRJ' || i.n % 20, 'Project ' || i.n % 20, i.parent_id, pg_temp.key(i.parent_id), i.created_at,
       t.at, sha256(t.delivery_id::bytea)
FROM issue i
CROSS JOIN LATERAL generate_series(1, i.events) e
CROSS JOIN LATERAL (SELECT i.created_at + e * interval '1 hour' AS at, 'd-' || i.n || '-' || e AS delivery_id) t
CROSS JOIN LATERAL (
    SELECT CASE WHEN i.changes_at IS NULL THEN '{}' WHEN e < i.changes_at THEN ARRAY[i.version]
                ELSE ARRAY[i.later_version] END::bigint[] AS ids) v;

INSERT INTO jirasync.issues
    (tenant, source, issue_id, issue_key, project_key, summary, issue_type, hierarchy_level, parent_id, parent_key, status,
     status_category, fix_versions, labels, components, created_at, updated_at, deleted_at, is_stub, fields, project_id,
     version_ids, event, delivery_id, rank_updated, rank_timestamp, rank_sha256)
SELECT 'main', 'default', i.n, pg_temp.key(i.n), s.project_key, 'Summary of issue ' || i.n,
       CASE i.hierarchy_level WHEN 1 THEN 'Epic' WHEN -1 THEN 'Sub-task' ELSE 'Story' END, i.hierarchy_level, i.parent_id,
       s.parent_key, 'Open', 'new', s.version_names, '{}', '{}', i.created_at, s.at,
       CASE WHEN i.is_deleted THEN s.at + interval '1 day' END, false, '{}', s.project_id, s.version_ids,
       'jira:issue_updated', s.delivery_id, s.at, s.at, s.rank_sha256
FROM issue i
JOIN jirasync.issue_snapshots s
  ON s.tenant = 'main' AND s.source = 'default' AND s.issue_id = i.n AND s.at = i.created_at + i.events * interval '1 hour';

INSERT INTO jirasync.issue_keys (tenant, source, issue_key, issue_id, since)
SELECT 'main', 'default', pg_temp.key(n), n, created_at FROM issue
UNION ALL
SELECT 'main', 'default', 'OLD-' || n, n, created_at FROM issue WHERE is_moved;

-- Commits: in each repository groups of twelve: eight on the first-parent line, three on a side branch, and their merge.
CREATE TEMP TABLE commit AS
SELECT n, 'org/app-' || n % :repositories AS repository, n / :repositories AS i, n / :repositories % 12 AS step,
       left(encode(sha256((:seed || '/' || n)::bytea), 'hex'), 40) AS sha,
       '2024-06-01'::timestamptz + n * interval '10 seconds' AS at,
       n < :commits - :commits / 40 AS has_landed, pg_temp.roll(n, 10, 100) = 0 AS is_revert,
       greatest(0, n - :repositories * (1 + pg_temp.roll(n, 11, 40))) AS reverted,
       CASE WHEN pg_temp.roll(n, 12, 200) = 0 THEN 1 + pg_temp.roll(n, 13, 1 + :named / 100)
            ELSE 1 + pg_temp.roll(n, 14, :named) END AS issue
FROM generate_series(0, :commits - 1) n;
CREATE UNIQUE INDEX ON commit (n);
ANALYZE commit;

INSERT INTO jirasync.refs (tenant, source, repository, ref, kind, sha, seen_at, counted, is_default)
SELECT 'main', 'git', 'org/app-' || r, b.ref, 'branch', c.sha, now(), true, b.ref = 'main'
FROM generate_series(0, least(:repositories, :commits) - 1) r
JOIN commit c ON c.n = r
CROSS JOIN (VALUES ('main'), ('release/1')) b (ref);

INSERT INTO jirasync.commits
    (tenant, source, repository, sha, parents, message, author, author_email, authored_at, committed_at, landed_at, landed_by,
     reverts)
SELECT 'main', 'git', c.repository, c.sha, array_remove(ARRAY[first.sha, second.sha], NULL),
       CASE WHEN c.is_revert THEN 'Revert "something"' WHEN c.step = 11 THEN 'Merge branch' ELSE 'Change something' END
           || E'\n\n' || pg_temp.key(c.issue) || ' with some words about why it was to be changed, in UTF-8',
       'Author ' || c.n % 97, 'author' || c.n % 97 || '@example.com', c.at, c.at, CASE WHEN c.has_landed THEN c.at END,
       CASE WHEN c.has_landed THEN 'main' END,
       CASE WHEN c.is_revert THEN ARRAY[left(target.sha, CASE WHEN c.n % 3 = 0 THEN 12 ELSE 40 END)] END
FROM commit c
LEFT JOIN commit first ON first.n = c.n - :repositories * CASE WHEN c.step = 11 THEN 4 ELSE 1 END
LEFT JOIN commit second ON c.step = 11 AND second.n = c.n - :repositories
LEFT JOIN commit target ON target.n = c.reverted;

INSERT INTO jirasync.commit_refs (tenant, source, repository, ref, sha, position, landed_at, on_line)
SELECT 'main', 'git', c.repository, 'main', c.sha, c.i / 12 * 9 + least(c.step, 8), c.at, c.step < 8 OR c.step = 11
FROM commit c WHERE c.has_landed
UNION ALL
SELECT 'main', 'git', c.repository, 'release/1', c.sha, c.i, c.at, true FROM commit c WHERE c.has_landed AND c.n % 30 = 0;

INSERT INTO jirasync.commit_keys (tenant, source, repository, sha, key, evidence, via)
SELECT 'main', 'git', c.repository, c.sha,
       CASE WHEN pg_temp.roll(c.n, 20, 30) = 0 THEN 'PRJ' || c.n % 20 || '-' || 1000000 + pg_temp.roll(c.n, 21, 100000)
            WHEN i.is_moved THEN 'OLD-' || i.n ELSE pg_temp.key(i.n) END, 'message', ''
FROM commit c JOIN issue i ON i.n = c.issue
UNION ALL
SELECT 'main', 'git', c.repository, c.sha,
       (ARRAY['UTF', 'SHA', 'CVE', 'ISO', 'NODE'])[1 + pg_temp.roll(c.n, 22, 5)] || '-' || 1 + pg_temp.roll(c.n, 23, 5000),
       'message', ''
FROM commit c WHERE pg_temp.roll(c.n, 24, 4) < 3
UNION ALL
SELECT 'main', 'git', c.repository, c.sha, pg_temp.key(m.issue), 'merge', m.sha
FROM commit m
CROSS JOIN generate_series(1, 3) back
JOIN commit c ON c.n = m.n - back * :repositories
WHERE m.step = 11;

VACUUM ANALYZE jirasync.issues, jirasync.issue_keys, jirasync.issue_snapshots, jirasync.commits, jirasync.refs,
    jirasync.commit_refs, jirasync.commit_keys;
