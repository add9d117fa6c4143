-- Tombstones and other marks of entities, and the issue they belong to: whatever the rank of the events that tell.

CREATE OR REPLACE FUNCTION jirasync.mark_entities(
    p_outcome text[], p_tenant text[], p_source text[], p_event_at timestamptz[],
    p_place integer[], p_kind text[], p_id text[], p_mark integer[], p_issue_id bigint[], p_updated_at timestamptz[],
    p_merged_into bigint[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    r  record;
BEGIN
    FOR r IN
        SELECT m.tenant, m.source, m.kind, m.id,
               max(m.at) FILTER (WHERE m.mark = 1) AS buried_at, max(m.at) FILTER (WHERE m.mark = 2) AS restored_at,
               max(m.at) FILTER (WHERE m.mark = 3) AS archived_at, max(m.at) FILTER (WHERE m.mark = 4) AS unarchived_at,
               max(m.merged_into) FILTER (WHERE m.mark = 1) AS merged_into, max(m.issue_id) AS issue_id
          FROM (SELECT p_tenant[e.place] AS tenant, p_source[e.place] AS source, e.kind, e.id, e.mark, e.issue_id,
                       e.merged_into,
                       coalesce(p_event_at[e.place], e.updated_at, '-infinity') AS at
                  FROM unnest(p_place, p_kind, p_id, p_mark, p_issue_id, p_updated_at, p_merged_into)
                       AS e (place, kind, id, mark, issue_id, updated_at, merged_into)
                 WHERE p_outcome[e.place] = 'fresh' AND (e.mark > 0 OR e.issue_id IS NOT NULL)) m
         GROUP BY m.tenant, m.source, m.kind, m.id
         ORDER BY m.tenant, m.source, m.kind, m.id
    LOOP
        CASE r.kind
        WHEN 'comment' THEN
            UPDATE jirasync.comments c
               SET deleted_at = greatest(c.deleted_at, r.buried_at), issue_id = greatest(c.issue_id, r.issue_id)
             WHERE c.tenant = r.tenant AND c.source = r.source AND c.comment_id = r.id::bigint;
        WHEN 'worklog' THEN
            UPDATE jirasync.worklogs c
               SET deleted_at = greatest(c.deleted_at, r.buried_at), issue_id = greatest(c.issue_id, r.issue_id)
             WHERE c.tenant = r.tenant AND c.source = r.source AND c.worklog_id = r.id::bigint;
        WHEN 'issue_link' THEN
            UPDATE jirasync.issue_links c SET deleted_at = greatest(c.deleted_at, r.buried_at)
             WHERE c.tenant = r.tenant AND c.source = r.source AND c.link_id = r.id::bigint;
        ELSE
            UPDATE jirasync.entities c
               SET buried_at = greatest(c.buried_at, r.buried_at),
                   restored_at = greatest(c.restored_at, r.restored_at),
                   archived_at = greatest(c.archived_at, r.archived_at),
                   unarchived_at = greatest(c.unarchived_at, r.unarchived_at),
                   merged_into = greatest(c.merged_into, r.merged_into),
                   issue_id = greatest(c.issue_id, r.issue_id),
                   deleted_at = CASE WHEN greatest(c.restored_at, r.restored_at) >= greatest(c.buried_at, r.buried_at)
                                     THEN NULL ELSE greatest(c.buried_at, r.buried_at) END
             WHERE c.tenant = r.tenant AND c.source = r.source AND c.kind = r.kind AND c.id = r.id;
        END CASE;
    END LOOP;
END
$$;
COMMENT ON FUNCTION jirasync.mark_entities IS
    'Part of store_entities: writes when entities were deleted, restored, archived or unarchived, the greatest timestamp of each, and which issue they belong to';
