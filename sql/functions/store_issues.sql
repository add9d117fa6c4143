-- What the fresh members of a batch say about issues: rows, aliases, snapshots and jobs.
--
-- Whole replaces, a fragment never does: members and the stored row are compared by (is_whole, rank). The tombstone is
-- the greatest timestamp of the delete events, whatever their rank; an answer of Jira's REST API that shows the issue alive
-- (event jirasync:issue_fetched) lifts one that is no later than the answer, and keeps such a one from coming back.

CREATE OR REPLACE FUNCTION jirasync.store_issues(
    p_outcome text[], p_fields jsonb[],
    p_tenant text[], p_source text[], p_delivery_id text[], p_event text[], p_body_sha256 bytea[],
    p_event_at timestamptz[], p_issue_id bigint[], p_issue_key text[],
    p_project_id bigint[], p_project_key text[], p_project_name text[], p_summary text[],
    p_issue_type text[], p_hierarchy_level integer[], p_parent_id bigint[], p_parent_key text[],
    p_status text[], p_status_category text[], p_resolution text[], p_resolved_at timestamptz[], p_priority text[],
    p_assignee text[], p_assignee_name text[], p_created_at timestamptz[], p_updated_at timestamptz[],
    p_is_whole boolean[], p_is_delete boolean[],
    p_version_ids text[], p_version_names text[], p_labels text[], p_components text[],
    p_old_keys text[], p_added_ids text[], p_removed_ids text[], p_is_replay boolean[],
    OUT outcome text[], OUT new_jobs integer)
LANGUAGE plpgsql
AS $$
DECLARE
    v_applied   bigint[];
    v_raced     bigint;
    v_stubs     text[];
    v_loud      text[];
    v_tenant    text;
    v_lifted    bigint[];
    v_buried_at timestamptz[];
    v_movers    bigint[];
    v_left      bigint[];
BEGIN
    WITH member AS MATERIALIZED (
        SELECT m.*, coalesce(m.updated_at, m.event_at, '-infinity') AS rank_updated,
               coalesce(m.event_at, m.updated_at, '-infinity') AS rank_timestamp
          FROM unnest(p_outcome, p_tenant, p_source, p_delivery_id, p_event, p_body_sha256,
                      p_event_at, p_issue_id, p_issue_key, p_project_id, p_project_key, p_summary,
                      p_issue_type, p_hierarchy_level, p_parent_id, p_parent_key, p_status, p_status_category,
                      p_resolution, p_resolved_at, p_priority, p_assignee, p_assignee_name, p_created_at,
                      p_updated_at, p_is_whole, p_is_delete, p_version_ids, p_version_names, p_labels, p_components,
                      p_old_keys, p_added_ids, p_removed_ids, p_is_replay)
               WITH ORDINALITY
               AS m (outcome, tenant, source, delivery_id, event, body_sha256,
                     event_at, issue_id, issue_key, project_id, project_key, summary,
                     issue_type, hierarchy_level, parent_id, parent_key, status, status_category,
                     resolution, resolved_at, priority, assignee, assignee_name, created_at,
                     updated_at, is_whole, is_delete, version_ids, version_names, labels, components,
                     old_keys, added_ids, removed_ids, is_replay, place)
         WHERE m.outcome = 'fresh' AND m.issue_id IS NOT NULL
    ), stored AS MATERIALIZED (
        SELECT i.tenant, i.source, i.issue_id, i.is_stub, i.rank_updated, i.rank_timestamp, i.rank_sha256,
               i.deleted_at, i.buried_at, i.seen_alive_at, i.forgotten_at, i.issue_key, i.project_id, i.project_key,
               i.version_ids, i.parent_id, i.parent_key, i.hierarchy_level
          FROM (SELECT DISTINCT m.tenant, m.source, m.issue_id FROM member m) k
          JOIN jirasync.issues i USING (tenant, source, issue_id)
         ORDER BY i.tenant, i.source, i.issue_id
           FOR NO KEY UPDATE OF i
    ), ranked AS MATERIALIZED (
        SELECT m.*, s.issue_id IS NOT NULL AS is_stored, s.buried_at AS stored_buried_at, s.seen_alive_at AS stored_alive_at,
               CASE WHEN m.event = 'jirasync:issue_fetched' AND m.is_whole AND s.forgotten_at IS NULL THEN m.event_at END
                   AS alive_at,
               s.issue_id IS NULL
                   OR (m.is_whole, m.rank_updated, m.rank_timestamp, m.body_sha256)
                      > (NOT s.is_stub, s.rank_updated, s.rank_timestamp, s.rank_sha256)
                   OR m.is_replay IS TRUE AND m.body_sha256 = s.rank_sha256 AS beats_stored,
               CASE WHEN NOT s.is_stub THEN s.rank_updated END AS stored_whole_at, s.deleted_at AS stored_deleted_at,
               CASE WHEN s.hierarchy_level < 0 AND (m.parent_id = s.parent_id AND m.hierarchy_level < 0) IS NOT TRUE
                    THEN s.parent_id END AS left_parent_id,
               row_number() OVER (PARTITION BY m.tenant, m.source, m.issue_id
                                  ORDER BY m.is_whole, m.rank_updated, m.rank_timestamp, m.body_sha256) AS height,
               CASE WHEN m.is_delete THEN m.rank_timestamp END AS buried_at,
               -- Quiet: nothing that the correlation depends on differs from the stored row, and the event is later
               -- than it in every respect; so neither scope, nor names, nor keys, nor their dates change.
               coalesce(NOT m.is_delete AND NOT s.is_stub AND s.deleted_at IS NULL AND m.is_replay IS NOT TRUE
                        AND (m.issue_key = s.issue_key OR m.issue_key IS NULL AND NOT m.is_whole)
                        AND m.rank_timestamp >= s.rank_timestamp AND coalesce(m.old_keys, '{}') = '{}'
                        AND (NOT m.is_whole
                             OR m.rank_updated > s.rank_updated
                                AND coalesce(m.added_ids, '{}') = '{}' AND coalesce(m.removed_ids, '{}') = '{}'
                                AND (m.project_id, m.project_key, m.parent_id, m.parent_key, m.version_ids::bigint[])
                                    IS NOT DISTINCT FROM
                                    (s.project_id, s.project_key, s.parent_id, s.parent_key, s.version_ids)),
                        false) AS is_quiet
          FROM member m
          LEFT JOIN stored s ON s.issue_id = m.issue_id AND s.source = m.source AND s.tenant = m.tenant
    ), judged AS MATERIALIZED (
        SELECT r.*,
               r.beats_stored
                   AND r.height > coalesce(max(r.height) OVER earlier, 0) AS is_above,
               r.buried_at IS NOT NULL
                   AND coalesce(r.buried_at > greatest(r.stored_buried_at, r.stored_alive_at, max(r.buried_at) OVER earlier,
                                                       max(r.alive_at) OVER earlier), true)
                   AS is_burial,
               coalesce(r.alive_at >= greatest(r.stored_buried_at, max(r.buried_at) OVER earlier)
                        AND greatest(r.stored_buried_at, max(r.buried_at) OVER earlier)
                            > coalesce(greatest(r.stored_alive_at, max(r.alive_at) OVER earlier), '-infinity'), false)
                   AS is_lift,
               -- A fragment that tells of a change which no whole snapshot has shown.
               NOT r.is_whole AND r.stored_deleted_at IS NULL AND max(r.buried_at) OVER earlier IS NULL
                   AND coalesce(r.updated_at > greatest(
                           r.stored_whole_at, max(r.rank_updated) FILTER (WHERE r.is_whole) OVER earlier), false)
                   AS is_ahead,
               r.height = count(*) OVER whole AS is_highest,
               greatest(r.stored_buried_at, max(r.buried_at) OVER whole) AS last_buried_at,
               greatest(r.stored_alive_at, max(r.alive_at) OVER whole) AS last_alive_at
          FROM ranked r
        WINDOW whole AS (PARTITION BY r.tenant, r.source, r.issue_id),
               earlier AS (PARTITION BY r.tenant, r.source, r.issue_id ORDER BY r.place
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ), folded AS MATERIALIZED (
        SELECT j.*, CASE WHEN j.last_buried_at <= j.last_alive_at THEN NULL ELSE j.last_buried_at END AS tombstone_at
          FROM judged j
         WHERE j.is_highest
    ), written AS (
        INSERT INTO jirasync.issues AS i
               (tenant, source, issue_id, issue_key, project_key, summary, issue_type, hierarchy_level,
                parent_id, parent_key, status, status_category, resolution, resolved_at, priority, assignee,
                fix_versions, labels, components, created_at, updated_at, deleted_at, is_stub, fields,
                project_id, version_ids, event, delivery_id, rank_updated, rank_timestamp, rank_sha256, assignee_name,
                buried_at, seen_alive_at)
        SELECT j.tenant, j.source, j.issue_id, j.issue_key, j.project_key, j.summary, j.issue_type, j.hierarchy_level,
               j.parent_id, j.parent_key, j.status, j.status_category, j.resolution, j.resolved_at, j.priority,
               j.assignee, j.version_names::text[], j.labels::text[], j.components::text[], j.created_at,
               j.updated_at, j.tombstone_at, NOT j.is_whole, p_fields[j.place], j.project_id, j.version_ids::bigint[],
               j.event, j.delivery_id, j.rank_updated, j.rank_timestamp, j.body_sha256, j.assignee_name, j.tombstone_at,
               j.last_alive_at
          FROM folded j
         WHERE j.beats_stored
         ORDER BY j.tenant, j.source, j.issue_id
        ON CONFLICT (tenant, source, issue_id) DO UPDATE
           SET issue_key = excluded.issue_key, project_key = excluded.project_key, summary = excluded.summary,
               issue_type = excluded.issue_type, hierarchy_level = excluded.hierarchy_level,
               parent_id = excluded.parent_id, parent_key = excluded.parent_key, status = excluded.status,
               status_category = excluded.status_category, resolution = excluded.resolution,
               resolved_at = excluded.resolved_at, priority = excluded.priority, assignee = excluded.assignee,
               fix_versions = excluded.fix_versions, labels = excluded.labels, components = excluded.components,
               created_at = excluded.created_at, updated_at = excluded.updated_at,
               deleted_at = coalesce(excluded.buried_at, CASE WHEN i.buried_at IS NULL THEN i.deleted_at END),
               buried_at = excluded.buried_at, seen_alive_at = excluded.seen_alive_at, is_stub = excluded.is_stub,
               fields = excluded.fields, project_id = excluded.project_id, version_ids = excluded.version_ids,
               event = excluded.event, delivery_id = excluded.delivery_id, rank_updated = excluded.rank_updated,
               rank_timestamp = excluded.rank_timestamp, rank_sha256 = excluded.rank_sha256,
               assignee_name = excluded.assignee_name
        RETURNING i.xmax = 0 AS is_new
    ), buried AS (
        UPDATE jirasync.issues i
           SET deleted_at = coalesce(j.tombstone_at, CASE WHEN i.buried_at IS NULL THEN i.deleted_at END),
               buried_at = j.tombstone_at, seen_alive_at = j.last_alive_at
          FROM folded j
         WHERE i.tenant = j.tenant AND i.source = j.source AND i.issue_id = j.issue_id AND NOT j.beats_stored
           AND (j.tombstone_at, j.last_alive_at) IS DISTINCT FROM (i.buried_at, i.seen_alive_at)
    )
    SELECT array_agg(j.place) FILTER (WHERE j.is_above OR j.is_burial OR j.is_lift),
           count(*) FILTER (WHERE j.is_highest AND NOT j.is_stored)
               - (SELECT count(*) FILTER (WHERE w.is_new) FROM written w),
           array_agg(j.source || '/' || j.issue_id) FILTER (WHERE j.is_above AND NOT j.is_whole OR j.is_ahead),
           coalesce(array_agg(j.source || '/' || j.issue_id) FILTER (WHERE NOT j.is_quiet), '{}'),
           array_agg(j.place) FILTER (WHERE j.is_highest AND j.stored_buried_at <= j.last_alive_at),
           array_agg(j.stored_buried_at) FILTER (WHERE j.is_highest AND j.stored_buried_at <= j.last_alive_at),
           array_agg(j.place) FILTER (WHERE j.is_highest AND j.beats_stored AND j.left_parent_id IS NOT NULL),
           array_agg(j.left_parent_id) FILTER (WHERE j.is_highest AND j.beats_stored AND j.left_parent_id IS NOT NULL)
      INTO v_applied, v_raced, v_stubs, v_loud, v_lifted, v_buried_at, v_movers, v_left
      FROM judged j;

    IF v_raced <> 0 THEN
        -- The row was not there to be judged by, and came in between.
        RAISE EXCEPTION 'an issue of the batch was first stored by another connection'
            USING ERRCODE = 'serialization_failure';
    END IF;

    IF v_lifted IS NOT NULL THEN
        PERFORM jirasync.lift_children(v_lifted, v_buried_at, p_tenant, p_source, p_issue_id);
    END IF;

    -- Aliases come from every signed event, stale ones too. Most are known: those take no lock, and may be quiet.
    WITH told AS (
        INSERT INTO jirasync.issue_keys AS k (tenant, source, issue_key, issue_id, since)
        SELECT a.tenant, a.source, a.issue_key, a.issue_id, min(a.since)
          FROM (SELECT m.tenant, m.source, b.issue_key, m.issue_id, b.since
                  FROM unnest(p_outcome, p_tenant, p_source, p_issue_id, p_issue_key, p_event_at, p_updated_at,
                              p_created_at, p_old_keys)
                       AS m (outcome, tenant, source, issue_id, issue_key, event_at, updated_at, created_at, old_keys),
                       LATERAL (SELECT m.issue_key, coalesce(m.event_at, m.updated_at, '-infinity')
                                 UNION ALL
                                SELECT o.old_key, coalesce(m.created_at, '-infinity')
                                  FROM unnest(m.old_keys::text[]) AS o (old_key)) AS b (issue_key, since)
                 WHERE m.outcome = 'fresh' AND m.issue_id IS NOT NULL AND b.issue_key IS NOT NULL) a
         WHERE NOT EXISTS (SELECT FROM jirasync.issue_keys e
                            WHERE e.tenant = a.tenant AND e.source = a.source AND e.issue_key = a.issue_key
                              AND e.issue_id = a.issue_id AND e.since <= a.since)
         GROUP BY a.tenant, a.source, a.issue_key, a.issue_id
         ORDER BY a.tenant, a.source, a.issue_key, a.issue_id
        ON CONFLICT (tenant, source, issue_key, issue_id) DO UPDATE
           SET since = excluded.since
         WHERE excluded.since < k.since
        RETURNING k.source || '/' || k.issue_id AS issue
    )
    SELECT v_loud || coalesce(array_agg(t.issue), '{}') INTO v_loud FROM told t;

    INSERT INTO jirasync.issue_snapshots
           (tenant, source, issue_id, at, delivery_id, version_ids, version_names, added_ids, removed_ids,
            project_id, project_key, project_name, parent_id, parent_key, created_at, rank_timestamp, rank_sha256)
    SELECT m.tenant, m.source, m.issue_id, coalesce(m.updated_at, m.event_at, '-infinity'), m.delivery_id,
           m.version_ids::bigint[], m.version_names::text[], coalesce(m.added_ids::bigint[], '{}'),
           coalesce(m.removed_ids::bigint[], '{}'), m.project_id, m.project_key, m.project_name,
           m.parent_id, m.parent_key, m.created_at, coalesce(m.event_at, m.updated_at, '-infinity'), m.body_sha256
      FROM unnest(p_outcome, p_tenant, p_source, p_issue_id, p_delivery_id, p_body_sha256, p_event_at, p_updated_at,
                  p_created_at, p_is_whole, p_is_delete, p_version_ids, p_version_names, p_added_ids, p_removed_ids,
                  p_project_id, p_project_key, p_project_name, p_parent_id, p_parent_key)
           AS m (outcome, tenant, source, issue_id, delivery_id, body_sha256, event_at, updated_at, created_at,
                 is_whole, is_delete, version_ids, version_names, added_ids, removed_ids,
                 project_id, project_key, project_name, parent_id, parent_key)
     WHERE m.outcome = 'fresh' AND m.issue_id IS NOT NULL AND m.is_whole AND NOT m.is_delete
    ON CONFLICT DO NOTHING;

    -- An issue that is or was a stub within this batch asks for a fetch, as it would have if stored one by one. A parent
    -- that its sub-task leaves is judged without it from now on: a run is to tell, quietly, for nothing is derived anew.
    new_jobs := 0;
    FOR v_tenant IN
        SELECT DISTINCT m.tenant
          FROM unnest(p_outcome, p_tenant, p_issue_id) AS m (outcome, tenant, issue_id)
         WHERE m.outcome = 'fresh' AND m.issue_id IS NOT NULL
         ORDER BY 1
    LOOP
        new_jobs := new_jobs + (
            SELECT jirasync.enqueue_jobs(v_tenant, array_agg(w.kind), array_agg(w.source), array_agg(w.issue_id::text),
                                         array_agg(w.source || '/' || w.issue_id <> ALL (v_loud)))
              FROM (SELECT 'correlate_issue', m.source, m.issue_id
                      FROM unnest(p_outcome, p_tenant, p_source, p_issue_id) AS m (outcome, tenant, source, issue_id)
                     WHERE m.outcome = 'fresh' AND m.tenant = v_tenant AND m.issue_id IS NOT NULL
                     UNION
                    SELECT 'correlate_issue', p_source[l.place], l.parent_id
                      FROM unnest(v_movers, v_left) AS l (place, parent_id)
                     WHERE p_tenant[l.place] = v_tenant
                     UNION
                    SELECT 'fetch_issue', m.source, m.issue_id
                      FROM unnest(p_tenant, p_source, p_issue_id) AS m (tenant, source, issue_id)
                     WHERE m.tenant = v_tenant AND m.source || '/' || m.issue_id = ANY (v_stubs)
                   ) AS w (kind, source, issue_id));
    END LOOP;

    outcome := ARRAY(
        SELECT CASE WHEN m.outcome = 'fresh' AND m.issue_id IS NOT NULL
                    THEN CASE WHEN m.place = ANY (v_applied) THEN 'applied' ELSE 'stale' END
                    ELSE m.outcome END
          FROM unnest(p_outcome, p_issue_id) WITH ORDINALITY AS m (outcome, issue_id, place)
         ORDER BY m.place);
END
$$;
COMMENT ON FUNCTION jirasync.store_issues IS
    'Part of store_deliveries: folds the fresh members of a batch to one row an issue; adds aliases, snapshots and jobs, lifts tombstones of what Jira shows alive; by position, applied or stale';
