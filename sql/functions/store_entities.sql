-- What the fresh members of a batch say about entities other than issues: rows, tombstones and jobs.
--
-- As for issues, a batch means what its events, stored one by one, would mean: per entity the look of the highest rank, a
-- live one before that of a delete, and the greatest timestamp of each mark. One batch of these at a time (store_deliveries
-- holds the lock), so that what is read here stays true until it is written.

CREATE OR REPLACE FUNCTION jirasync.store_entities(
    p_outcome text[], p_outcome_now text[],
    p_tenant text[], p_source text[], p_delivery_id text[], p_body_sha256 bytea[], p_event_at timestamptz[],
    p_body bytea[], p_storable text[], p_is_replay boolean[],
    p_place integer[], p_kind text[], p_id text[], p_member text[], p_mark integer[], p_issue_id bigint[],
    p_created_at timestamptz[], p_updated_at timestamptz[], p_started_at timestamptz[], p_author text[], p_text text[],
    p_seconds_spent bigint[], p_from_issue_id bigint[], p_to_issue_id bigint[], p_merged_into bigint[],
    OUT outcome text[], OUT new_jobs integer)
LANGUAGE plpgsql
AS $$
DECLARE
    v_applied   integer[];
    v_has_marks boolean;
BEGIN
    WITH member AS MATERIALIZED (
        SELECT e.*, p_tenant[e.place] AS tenant, p_source[e.place] AS source, p_delivery_id[e.place] AS delivery_id,
               p_body_sha256[e.place] AS sha256, coalesce(p_is_replay[e.place], false) AS is_replay,
               e.mark <> 1 AS is_shown,
               coalesce(e.updated_at, p_event_at[e.place], '-infinity') AS rank_updated,
               coalesce(p_event_at[e.place], e.updated_at, '-infinity') AS rank_timestamp
          FROM unnest(p_place, p_kind, p_id, p_member, p_mark, p_issue_id, p_created_at, p_updated_at, p_started_at,
                      p_author, p_text, p_seconds_spent, p_from_issue_id, p_to_issue_id, p_merged_into)
               WITH ORDINALITY
               AS e (place, kind, id, member, mark, issue_id, created_at, updated_at, started_at,
                     author, text, seconds_spent, from_issue_id, to_issue_id, merged_into, nth)
         WHERE p_outcome[e.place] = 'fresh'
    ), stored AS MATERIALIZED (
        SELECT k.tenant, k.source, k.kind, k.id, s.*
          FROM (SELECT DISTINCT m.tenant, m.source, m.kind, m.id FROM member m) k
         CROSS JOIN LATERAL (
               SELECT c.issue_id, c.is_shown, c.rank_updated, c.rank_timestamp, c.rank_sha256, c.deleted_at AS buried_at,
                      NULL::timestamptz AS restored_at, NULL::timestamptz AS archived_at, NULL::timestamptz AS unarchived_at
                 FROM jirasync.comments c
                WHERE k.kind = 'comment' AND c.tenant = k.tenant AND c.source = k.source
                  AND c.comment_id = CASE WHEN k.kind = 'comment' THEN k.id::bigint END
                UNION ALL
               SELECT w.issue_id, w.is_shown, w.rank_updated, w.rank_timestamp, w.rank_sha256, w.deleted_at, NULL, NULL, NULL
                 FROM jirasync.worklogs w
                WHERE k.kind = 'worklog' AND w.tenant = k.tenant AND w.source = k.source
                  AND w.worklog_id = CASE WHEN k.kind = 'worklog' THEN k.id::bigint END
                UNION ALL
               SELECT NULL, l.is_shown, l.rank_updated, l.rank_timestamp, l.rank_sha256, l.deleted_at, NULL, NULL, NULL
                 FROM jirasync.issue_links l
                WHERE k.kind = 'issue_link' AND l.tenant = k.tenant AND l.source = k.source
                  AND l.link_id = CASE WHEN k.kind = 'issue_link' THEN k.id::bigint END
                UNION ALL
               SELECT e.issue_id, e.is_shown, e.rank_updated, e.rank_timestamp, e.rank_sha256, e.buried_at,
                      e.restored_at, e.archived_at, e.unarchived_at
                 FROM jirasync.entities e
                WHERE e.tenant = k.tenant AND e.source = k.source AND e.kind = k.kind AND e.id = k.id
               OFFSET 0) s
    ), ranked AS MATERIALIZED (
        SELECT m.*, s.issue_id AS stored_issue_id, max(m.issue_id) OVER (PARTITION BY m.tenant, m.source, m.kind, m.id)
                   AS told_issue_id,
               s.id IS NULL
                   OR (m.is_shown, m.rank_updated, m.rank_timestamp, m.sha256)
                      > (s.is_shown, s.rank_updated, s.rank_timestamp, s.rank_sha256)
                   OR m.is_replay AND m.sha256 = s.rank_sha256 AS beats_stored,
               row_number() OVER (PARTITION BY m.tenant, m.source, m.kind, m.id
                                  ORDER BY m.is_shown, m.rank_updated, m.rank_timestamp, m.sha256, m.nth) AS height,
               CASE m.mark WHEN 1 THEN s.buried_at WHEN 2 THEN s.restored_at WHEN 3 THEN s.archived_at
                           WHEN 4 THEN s.unarchived_at END AS stored_mark_at
          FROM member m
          LEFT JOIN stored s ON s.tenant = m.tenant AND s.source = m.source AND s.kind = m.kind AND s.id = m.id
    ), judged AS MATERIALIZED (
        SELECT r.*,
               r.beats_stored AND r.height > coalesce(max(r.height) OVER earlier, 0) AS is_above,
               r.mark > 0
                   AND coalesce(r.rank_timestamp > greatest(r.stored_mark_at, max(r.rank_timestamp) OVER earlier_mark), true)
                   AS is_marking,
               r.height = count(*) OVER (PARTITION BY r.tenant, r.source, r.kind, r.id) AS is_highest
          FROM ranked r
        WINDOW earlier AS (PARTITION BY r.tenant, r.source, r.kind, r.id ORDER BY r.nth
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
               earlier_mark AS (PARTITION BY r.tenant, r.source, r.kind, r.id, r.mark ORDER BY r.nth
                                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ), winner AS MATERIALIZED (
        -- PostgreSQL keeps the digits: what is kept whole comes from the bytes, and only that of the winners is read.
        SELECT j.*,
               CASE WHEN j.kind NOT IN ('comment', 'worklog', 'issue_link') OR j.kind = 'comment' AND j.text IS NULL
                    THEN CASE WHEN j.member = '' THEN b.body ELSE b.body -> j.member END END AS body
          FROM judged j
         CROSS JOIN LATERAL (
               SELECT coalesce(p_storable[j.place], convert_from(p_body[j.place], 'UTF8'))::jsonb AS body OFFSET 0) b
         WHERE j.is_highest AND j.beats_stored
         ORDER BY j.tenant, j.source, j.kind, j.id
    ), comment AS (
        INSERT INTO jirasync.comments AS c
               (tenant, source, comment_id, issue_id, author, body, created_at, updated_at,
                is_shown, delivery_id, rank_updated, rank_timestamp, rank_sha256)
        SELECT w.tenant, w.source, w.id::bigint, w.told_issue_id, w.author,
               coalesce(w.text, CASE WHEN jsonb_typeof(w.body -> 'body') = 'object' THEN w.body ->> 'body' END),
               w.created_at, w.updated_at, w.is_shown, w.delivery_id, w.rank_updated, w.rank_timestamp, w.sha256
          FROM winner w WHERE w.kind = 'comment'
        ON CONFLICT (tenant, source, comment_id) DO UPDATE
           SET issue_id = greatest(excluded.issue_id, c.issue_id), author = excluded.author, body = excluded.body,
               created_at = excluded.created_at, updated_at = excluded.updated_at, is_shown = excluded.is_shown,
               delivery_id = excluded.delivery_id, rank_updated = excluded.rank_updated,
               rank_timestamp = excluded.rank_timestamp, rank_sha256 = excluded.rank_sha256
    ), worklog AS (
        INSERT INTO jirasync.worklogs AS c
               (tenant, source, worklog_id, issue_id, author, seconds_spent, started_at, created_at, updated_at,
                is_shown, delivery_id, rank_updated, rank_timestamp, rank_sha256)
        SELECT w.tenant, w.source, w.id::bigint, w.told_issue_id, w.author, w.seconds_spent, w.started_at, w.created_at,
               w.updated_at, w.is_shown, w.delivery_id, w.rank_updated, w.rank_timestamp, w.sha256
          FROM winner w WHERE w.kind = 'worklog'
        ON CONFLICT (tenant, source, worklog_id) DO UPDATE
           SET issue_id = greatest(excluded.issue_id, c.issue_id), author = excluded.author,
               seconds_spent = excluded.seconds_spent, started_at = excluded.started_at,
               created_at = excluded.created_at, updated_at = excluded.updated_at, is_shown = excluded.is_shown,
               delivery_id = excluded.delivery_id, rank_updated = excluded.rank_updated,
               rank_timestamp = excluded.rank_timestamp, rank_sha256 = excluded.rank_sha256
    ), link AS (
        INSERT INTO jirasync.issue_links AS c
               (tenant, source, link_id, link_type, from_issue_id, to_issue_id,
                is_shown, delivery_id, rank_updated, rank_timestamp, rank_sha256)
        SELECT w.tenant, w.source, w.id::bigint, w.text, w.from_issue_id, w.to_issue_id,
               w.is_shown, w.delivery_id, w.rank_updated, w.rank_timestamp, w.sha256
          FROM winner w WHERE w.kind = 'issue_link'
        ON CONFLICT (tenant, source, link_id) DO UPDATE
           SET link_type = excluded.link_type, from_issue_id = excluded.from_issue_id,
               to_issue_id = excluded.to_issue_id, is_shown = excluded.is_shown, delivery_id = excluded.delivery_id,
               rank_updated = excluded.rank_updated, rank_timestamp = excluded.rank_timestamp,
               rank_sha256 = excluded.rank_sha256
    ), entity AS (
        INSERT INTO jirasync.entities AS c
               (tenant, source, kind, id, body, updated_at, issue_id,
                is_shown, delivery_id, rank_updated, rank_timestamp, rank_sha256)
        SELECT w.tenant, w.source, w.kind, w.id, w.body, nullif(w.rank_updated, '-infinity'), w.told_issue_id,
               w.is_shown, w.delivery_id, w.rank_updated, w.rank_timestamp, w.sha256
          FROM winner w WHERE w.kind NOT IN ('comment', 'worklog', 'issue_link')
        ON CONFLICT (tenant, source, kind, id) DO UPDATE
           SET body = excluded.body, updated_at = excluded.updated_at,
               issue_id = greatest(excluded.issue_id, c.issue_id), is_shown = excluded.is_shown,
               delivery_id = excluded.delivery_id, rank_updated = excluded.rank_updated,
               rank_timestamp = excluded.rank_timestamp, rank_sha256 = excluded.rank_sha256
    )
    -- A look of lower rank may be the only one that tells which issue it belongs to.
    SELECT coalesce(array_agg(j.place) FILTER (WHERE j.is_above OR j.is_marking), '{}'),
           bool_or(j.mark > 0 OR j.is_highest AND NOT j.beats_stored AND j.told_issue_id > coalesce(j.stored_issue_id, 0))
      INTO v_applied, v_has_marks
      FROM judged j;
    IF v_has_marks THEN
        PERFORM jirasync.mark_entities(p_outcome, p_tenant, p_source, p_event_at, p_place, p_kind, p_id, p_mark,
                                       p_issue_id, p_updated_at, p_merged_into);
    END IF;
    IF 'project' = ANY (p_kind) THEN
        -- Every key that a project was told to bear, by events of any rank.
        INSERT INTO jirasync.project_keys (tenant, source, project_id, project_key)
        SELECT DISTINCT p.tenant, p.source, p.project_id, p.project_key
          FROM (SELECT p_tenant[e.place] AS tenant, p_source[e.place] AS source, e.id::bigint AS project_id,
                       coalesce(p_storable[e.place], convert_from(p_body[e.place], 'UTF8'))::jsonb
                           #>> ARRAY[e.member, 'key'] AS project_key
                  FROM unnest(p_place, p_kind, p_id, p_member) AS e (place, kind, id, member)
                 WHERE e.kind = 'project' AND p_outcome[e.place] = 'fresh') p
         WHERE p.project_key <> ''
         ORDER BY p.tenant, p.source, p.project_id, p.project_key
        ON CONFLICT DO NOTHING;
    END IF;
    outcome := ARRAY(
        SELECT CASE WHEN m.place = ANY (v_applied) THEN 'applied'
                    WHEN m.outcome = 'fresh' AND m.place = ANY (p_place) THEN 'stale'
                    ELSE m.outcome END
          FROM unnest(p_outcome_now) WITH ORDINALITY AS m (outcome, place)
         ORDER BY m.place);
    new_jobs := jirasync.enqueue_for_entities(p_outcome, p_tenant, p_source, p_place, p_kind, p_id, p_issue_id,
                                              p_created_at, p_updated_at);
END
$$;
COMMENT ON FUNCTION jirasync.store_entities IS
    'Part of store_deliveries: folds what the fresh members of a batch tell of comments, worklogs, links and all other entities to one row each; by position, applied or stale';
