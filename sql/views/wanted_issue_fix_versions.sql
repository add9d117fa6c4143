-- Definition of scope with its history: runs of presence over the states that an issue's events tell.
--
-- Each whole event tells two states: before it (what its changelog removed was there, what it added was not) and
-- after it. A change that no event shows is dated by the event that betrays it. Before the first event an issue
-- held its versions since it was made. Events of one instant are ordered by the rest of their rank. A deleted version
-- ends with its deletion; the one it was merged into takes its place from then on.
CREATE OR REPLACE VIEW jirasync.wanted_issue_fix_versions AS
WITH told AS (
    SELECT s.tenant, s.source, s.issue_id, s.at, i.deleted_at,
           coalesce(s.version_ids, '{}') AS after_ids, s.added_ids, s.removed_ids,
           row_number() OVER w AS n,
           lead(s.at) OVER w AS next_at,
           least(s.created_at, s.at) AS since
    FROM jirasync.issue_snapshots s
    JOIN jirasync.issues i ON i.tenant = s.tenant AND i.source = s.source AND i.issue_id = s.issue_id
    WINDOW w AS (PARTITION BY s.tenant, s.source, s.issue_id
                 ORDER BY s.at, s.rank_timestamp, s.rank_sha256, s.delivery_id)
), present AS (
    SELECT t.tenant, t.source, t.issue_id, t.deleted_at, state.version_id, state.step, state.since, state.until
    FROM told t
    CROSS JOIN LATERAL (
        SELECT b.version_id, 2 * t.n AS step, CASE WHEN t.n = 1 THEN t.since ELSE t.at END AS since, t.at AS until
        FROM (SELECT DISTINCT unnest(t.after_ids || t.removed_ids)) b (version_id)
        WHERE b.version_id <> ALL (t.added_ids) OR b.version_id = ANY (t.removed_ids)
        UNION ALL
        SELECT DISTINCT unnest(t.after_ids), 2 * t.n + 1, t.at, t.next_at) state
), living AS (
    -- Of a step that a version did not live to see, nothing is left; of the step it died in, what came before.
    SELECT p.tenant, p.source, p.issue_id, p.deleted_at, s.version_id, p.step, min(s.since) AS since,
           CASE WHEN NOT bool_or(s.until IS NULL) THEN max(s.until) END AS until
    FROM present p
    LEFT JOIN jirasync.versions gone
      ON gone.tenant = p.tenant AND gone.source = p.source AND gone.version_id = p.version_id
     AND gone.deleted_at IS NOT NULL
    CROSS JOIN LATERAL (
        SELECT p.version_id, p.since,
               CASE WHEN gone.deleted_at < coalesce(p.until, 'infinity') THEN gone.deleted_at ELSE p.until END AS until
        WHERE gone.deleted_at > p.since IS NOT FALSE
        UNION ALL
        SELECT jirasync.surviving_version(p.tenant, p.source, p.version_id), greatest(p.since, gone.deleted_at), p.until
        WHERE gone.deleted_at < coalesce(p.until, 'infinity')) s
    WHERE s.version_id IS NOT NULL
    GROUP BY p.tenant, p.source, p.issue_id, p.deleted_at, s.version_id, p.step
), numbered AS (
    SELECT p.*, p.step - row_number() OVER (
        PARTITION BY p.tenant, p.source, p.issue_id, p.version_id ORDER BY p.step) AS run
    FROM living p
), runs AS (
    SELECT n.tenant, n.source, n.issue_id, n.version_id, min(n.since) AS added_at,
           CASE WHEN bool_or(n.until IS NULL) THEN greatest(n.deleted_at, min(n.since)) ELSE max(n.until) END
               AS removed_at,
           bool_or(n.until IS NULL) AND n.deleted_at IS NULL AS is_open
    FROM numbered n
    GROUP BY n.tenant, n.source, n.issue_id, n.version_id, n.run, n.deleted_at
), dated AS (
    SELECT r.tenant, r.source, r.issue_id, r.version_id, r.added_at,
           CASE WHEN NOT bool_or(r.is_open) THEN max(r.removed_at) END AS removed_at
    FROM runs r
    GROUP BY r.tenant, r.source, r.issue_id, r.version_id, r.added_at
)
SELECT d.tenant, d.source, d.issue_id, d.version_id, coalesce(v.name, d.version_id::text) AS fix_version,
       d.added_at, d.removed_at
FROM dated d
LEFT JOIN jirasync.versions v
  ON v.tenant = d.tenant AND v.source = d.source AND v.version_id = d.version_id;
COMMENT ON VIEW jirasync.wanted_issue_fix_versions IS 'What issue_fix_versions is to be; a function of the set of snapshots, whatever order they came in. A deleted issue leaves its versions at the moment of deletion';
