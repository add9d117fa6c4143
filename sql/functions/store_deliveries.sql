-- The one way into the ledger: judges a batch of deliveries, stores what is fresh, and what follows from it.
--
-- A batch means what its members, stored one by one in the order of the arrays, would mean. Every array has one
-- element for each delivery. Ragged columns (version_ids, version_names, labels, components, old_keys, added_ids,
-- removed_ids) are arrays written as text: '{10001,10002}'. The arrays p_entity_* have one element for each entity that a
-- delivery tells of; p_entity_place says which delivery. p_git has the document that a git host's delivery is reduced to
-- (normalize_git_json), NULL for any other; it may be empty where no member has one.
--
-- Locks are taken in one order: that of batches with entities, that of batches about git, deliveries by body_sha256,
-- quarantine by key, issues by id, issue keys by key, entities by id, commits by hash, pull requests by number, jobs by
-- key. The ledger has two unique indexes, so that id order deadlocks as soon as a hook is registered twice.

CREATE OR REPLACE FUNCTION jirasync.store_deliveries(
    p_tenant text[], p_source text[], p_kind text[], p_delivery_id text[], p_event text[],
    p_received_at timestamptz[], p_attempt integer[], p_altered integer[], p_body bytea[],
    p_storable text[], p_content_type text[], p_matched_secret text[],
    p_reason text[], p_detail text[], p_sqlstate text[],
    p_event_at timestamptz[], p_issue_id bigint[], p_issue_key text[],
    p_project_id bigint[], p_project_key text[], p_project_name text[], p_summary text[],
    p_issue_type text[], p_hierarchy_level integer[], p_parent_id bigint[], p_parent_key text[],
    p_status text[], p_status_category text[], p_resolution text[], p_resolved_at timestamptz[], p_priority text[],
    p_assignee text[], p_assignee_name text[], p_created_at timestamptz[], p_updated_at timestamptz[],
    p_is_whole boolean[], p_is_delete boolean[],
    p_version_ids text[], p_version_names text[], p_labels text[], p_components text[],
    p_old_keys text[], p_added_ids text[], p_removed_ids text[], p_is_replay boolean[] DEFAULT '{}',
    p_entity_place integer[] DEFAULT '{}', p_entity_kind text[] DEFAULT '{}', p_entity_id text[] DEFAULT '{}',
    p_entity_member text[] DEFAULT '{}', p_entity_mark integer[] DEFAULT '{}', p_entity_issue_id bigint[] DEFAULT '{}',
    p_entity_created_at timestamptz[] DEFAULT '{}', p_entity_updated_at timestamptz[] DEFAULT '{}',
    p_entity_started_at timestamptz[] DEFAULT '{}', p_entity_author text[] DEFAULT '{}', p_entity_text text[] DEFAULT '{}',
    p_entity_seconds_spent bigint[] DEFAULT '{}', p_entity_from_issue_id bigint[] DEFAULT '{}',
    p_entity_to_issue_id bigint[] DEFAULT '{}', p_entity_merged_into bigint[] DEFAULT '{}', p_git text[] DEFAULT '{}')
RETURNS TABLE ("position" integer, outcome text, enqueued boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
-- By index, whatever the statistics say: a plan that was cached while the tables were empty must still be right.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_bitmapscan = off
-- Bodies are up to 25 MB: what is sorted stays in memory, and nothing is copied to be remembered.
SET work_mem = '64MB'
SET enable_memoize = off
AS $$
DECLARE
    v_sha256    bytea[] := ARRAY(
        SELECT sha256(b.body) FROM unnest(p_body) WITH ORDINALITY AS b (body, place) ORDER BY b.place);
    v_has_replay  boolean := true = ANY (p_is_replay);
    -- What a git host's delivery told may be told no more when it is replayed.
    v_has_git   boolean := array_remove(p_git, NULL) <> '{}'
        OR v_has_replay AND p_kind <> array_fill('jira'::text, ARRAY[cardinality(p_kind)]);
    v_ids       text[] := p_delivery_id;
    v_known     boolean[] := '{}';
    v_received_at  timestamptz[] := p_received_at;
    v_outcome   text[];
    v_fresh     text[];
    v_entered   text[];
    v_fields    jsonb[];
    v_new_jobs  integer := 0;
    v_more_jobs integer;
BEGIN
    IF p_entity_place <> '{}' THEN
        -- Entities are read, judged and written in three steps, and one connection is enough for them.
        PERFORM pg_advisory_xact_lock(hashtext('jirasync'), hashtext('entities'));
    END IF;
    IF v_has_git THEN
        PERFORM pg_advisory_xact_lock(hashtext('jirasync'), hashtext('git'));
    END IF;
    IF v_has_replay THEN
        SELECT r.ids, r.known, r.received_at INTO v_ids, v_known, v_received_at
          FROM jirasync.begin_replay(p_tenant, p_source, p_delivery_id, v_sha256, p_reason, p_is_replay, p_received_at) r;
    END IF;
    v_outcome := jirasync.judge_deliveries(p_tenant, p_source, p_kind, v_ids, v_sha256,
        ARRAY(SELECT CASE WHEN r.reason IS NOT NULL THEN 'quarantined' WHEN v_known[r.place] THEN 'fresh' END
                FROM unnest(p_reason) WITH ORDINALITY AS r (reason, place) ORDER BY r.place));

    IF 'fresh' = ANY (v_outcome) THEN
        WITH entered AS (
            INSERT INTO jirasync.deliveries AS d
                   (tenant, source, delivery_id, event, issue_id, issue_key, received_at, outcome, attempt, altered,
                    body_sha256, body, kind, matched_secret)
            SELECT m.tenant, m.source, m.delivery_id, m.event, m.issue_id, m.issue_key, m.received_at,
                   CASE WHEN m.issue_id IS NULL AND m.place <> ALL (p_entity_place) AND p_git[m.place] IS NULL
                        THEN 'ignored' ELSE 'applied' END,
                   m.attempt, m.altered, m.body_sha256,
                   -- Of a fetched issue fields are the bytes, and Jira tells them again: they are not kept twice.
                   CASE WHEN m.event IS DISTINCT FROM 'jirasync:issue_fetched' THEN m.body END, m.kind, m.matched_secret
              FROM unnest(p_tenant, p_source, v_ids, p_event, p_issue_id, p_issue_key, p_received_at,
                          p_attempt, p_altered, v_sha256, p_body, p_kind, p_matched_secret, v_outcome)
                   WITH ORDINALITY
                   AS m (tenant, source, delivery_id, event, issue_id, issue_key, received_at,
                         attempt, altered, body_sha256, body, kind, matched_secret, outcome, place)
             WHERE m.outcome = 'fresh' AND v_known[m.place] IS NOT TRUE
             ORDER BY m.body_sha256, m.tenant, m.source, m.delivery_id
            ON CONFLICT DO NOTHING
            RETURNING d.source || '/' || d.delivery_id AS id
        )
        SELECT coalesce(array_agg(e.id), '{}') INTO v_entered FROM entered e;

        IF cardinality(v_entered) + cardinality(array_positions(v_known, true))
               < cardinality(array_positions(v_outcome, 'fresh')) THEN
            -- Another connection won the race for an id or a body: what did not enter is judged anew by a statement
            -- that sees the winner. What would be fresh now was judged by a member that lost.
            v_outcome := jirasync.judge_deliveries(p_tenant, p_source, p_kind, v_ids, v_sha256,
                ARRAY(SELECT CASE WHEN m.outcome = 'quarantined' THEN m.outcome
                                  WHEN m.outcome = 'fresh'
                                       AND (m.source || '/' || m.delivery_id = ANY (v_entered) OR v_known[m.place])
                                  THEN 'entered' END
                        FROM unnest(p_source, v_ids, v_outcome) WITH ORDINALITY
                             AS m (source, delivery_id, outcome, place)
                       ORDER BY m.place));
            IF 'fresh' = ANY (v_outcome) THEN
                RAISE EXCEPTION 'a delivery of the batch lost a race' USING ERRCODE = 'serialization_failure';
            END IF;
            v_outcome := array_replace(v_outcome, 'entered', 'fresh');
        END IF;

        -- PostgreSQL is the judge of the JSON and the keeper of the digits: fields come from the bytes themselves.
        v_fields := ARRAY(
            SELECT CASE
                       WHEN m.outcome <> 'fresh' THEN NULL
                       WHEN m.issue_id IS NULL THEN to_jsonb(m.text::json IS NULL)
                       WHEN m.event = 'import' THEN m.text::jsonb -> 'fields'
                       ELSE m.text::jsonb -> 'issue' -> 'fields'
                   END
              FROM (SELECT u.event, u.issue_id, u.outcome, u.place,
                           coalesce(u.storable, convert_from(u.body, 'UTF8')) AS text
                      FROM unnest(p_event, p_issue_id, p_body, p_storable, v_outcome)
                           WITH ORDINALITY AS u (event, issue_id, body, storable, outcome, place)) m
             ORDER BY m.place);
    END IF;

    WITH kept AS (
        INSERT INTO jirasync.quarantined_deliveries AS q
               (tenant, source, delivery_id, body_sha256, reason, detail, sqlstate, event, received_at, content_type,
                body, kind)
        SELECT m.tenant, m.source, m.delivery_id, m.body_sha256, coalesce(m.reason, 'id_conflict'),
               coalesce(m.detail, 'this delivery id is known with another body'), m.sqlstate, m.event, m.received_at,
               m.content_type, m.body, m.kind
          FROM unnest(p_tenant, p_source, p_delivery_id, v_sha256, p_reason, p_detail, p_sqlstate, p_event,
                      p_received_at, p_content_type, p_body, p_kind, v_outcome)
               WITH ORDINALITY
               AS m (tenant, source, delivery_id, body_sha256, reason, detail, sqlstate, event,
                     received_at, content_type, body, kind, outcome, place)
         WHERE m.outcome IN ('quarantined', 'id_conflict') AND v_known[m.place] IS NOT TRUE
         ORDER BY m.tenant, m.source, m.delivery_id, m.body_sha256
        ON CONFLICT DO NOTHING
        RETURNING q.tenant, q.source, q.delivery_id, q.reason
    )
    -- What only took too long is stored by a job, which has more time.
    SELECT coalesce(sum(jirasync.enqueue_jobs(j.tenant, array_fill('replay'::text, ARRAY[cardinality(j.keys)]), j.sources,
                                              j.keys)), 0)
      INTO v_more_jobs
      FROM (SELECT k.tenant, array_agg(k.source) AS sources, array_agg(k.delivery_id) AS keys
              FROM kept k
             WHERE k.reason = 'too_slow'
             GROUP BY k.tenant) j;
    v_new_jobs := v_new_jobs + v_more_jobs;

    IF v_has_replay THEN
        PERFORM jirasync.end_replay(v_outcome, v_known, p_tenant, p_source, p_delivery_id, v_sha256, p_event, p_issue_id,
                                    p_issue_key, p_altered, p_reason, p_detail, p_sqlstate, p_is_replay, p_entity_place,
                                    p_git);
    END IF;
    IF 'fresh' = ANY (v_outcome) THEN
        v_fresh := v_outcome;
        SELECT s.outcome, v_new_jobs + s.new_jobs INTO v_outcome, v_new_jobs
          FROM jirasync.store_issues(
                   v_outcome, v_fields, p_tenant, p_source, v_ids, p_event, v_sha256,
                   p_event_at, p_issue_id, p_issue_key, p_project_id, p_project_key, p_project_name, p_summary,
                   p_issue_type, p_hierarchy_level, p_parent_id, p_parent_key, p_status, p_status_category,
                   p_resolution, p_resolved_at, p_priority, p_assignee, p_assignee_name, p_created_at, p_updated_at,
                   p_is_whole, p_is_delete, p_version_ids, p_version_names, p_labels, p_components,
                   p_old_keys, p_added_ids, p_removed_ids, p_is_replay) s;
        IF p_entity_place <> '{}' THEN
            SELECT s.outcome, s.new_jobs INTO v_outcome, v_more_jobs
              FROM jirasync.store_entities(
                       v_fresh, v_outcome, p_tenant, p_source, v_ids, v_sha256, p_event_at, p_body, p_storable,
                       p_is_replay, p_entity_place, p_entity_kind, p_entity_id, p_entity_member, p_entity_mark,
                       p_entity_issue_id, p_entity_created_at, p_entity_updated_at, p_entity_started_at, p_entity_author,
                       p_entity_text, p_entity_seconds_spent, p_entity_from_issue_id, p_entity_to_issue_id,
                       p_entity_merged_into) s;
            v_new_jobs := v_new_jobs + v_more_jobs;
        END IF;
        IF p_entity_place <> '{}' OR true = ANY (p_is_delete) THEN
            PERFORM jirasync.bury_children(v_fresh, p_tenant, p_source, p_issue_id, p_entity_place, p_entity_issue_id,
                                           p_entity_from_issue_id, p_entity_to_issue_id);
        END IF;
        IF v_has_git THEN
            SELECT s.outcome, s.new_jobs INTO v_outcome, v_more_jobs
              FROM jirasync.store_git(v_fresh, v_outcome, v_known, p_tenant, p_source, p_kind, v_ids, v_sha256,
                                      v_received_at, p_git) s;
            v_new_jobs := v_new_jobs + v_more_jobs;
        END IF;
        IF v_outcome && '{stale,ignored}' THEN
            UPDATE jirasync.deliveries d
               SET outcome = m.outcome
              FROM unnest(p_tenant, p_source, v_ids, v_outcome) AS m (tenant, source, delivery_id, outcome)
             WHERE d.tenant = m.tenant AND d.source = m.source AND d.delivery_id = m.delivery_id
               AND m.outcome IN ('stale', 'ignored');
        END IF;
    END IF;

    RETURN QUERY
        SELECT m.place::integer, CASE WHEN m.outcome = 'fresh' THEN 'ignored' ELSE m.outcome END, v_new_jobs > 0
          FROM unnest(v_outcome) WITH ORDINALITY AS m (outcome, place)
         ORDER BY m.place;
END
$$;
COMMENT ON FUNCTION jirasync.store_deliveries IS
    'Stores a batch of deliveries in one transaction; by position, the outcome of each (applied, stale, duplicate, ignored, quarantined, id_conflict) and whether the batch made new job rows';
