-- What a fetched list of projects shows, as the events that would have told it.

CREATE OR REPLACE FUNCTION jirasync.fetched_projects(
    p_tenant text, p_source text, p_projects text[], p_is_whole boolean, p_at timestamptz)
RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_at  bigint := floor(extract(epoch FROM p_at) * 1000);
BEGIN
    RETURN QUERY
    WITH shown AS MATERIALIZED (
        SELECT v.item || jsonb_build_object('id', (v.item ->> 'id')::bigint) AS item, v.item ->> 'id' AS id
          FROM (SELECT u.text::jsonb AS item FROM unnest(p_projects) AS u (text)) v
         WHERE v.item ->> 'id' ~ '^[1-9][0-9]{0,17}$'
    )
    SELECT jsonb_build_object('timestamp', v_at, 'webhookEvent', v.event, 'project', s.item)::text
      FROM shown s
      LEFT JOIN jirasync.entities e
        ON e.tenant = p_tenant AND e.source = p_source AND e.kind = 'project' AND e.id = s.id
     CROSS JOIN LATERAL (
           SELECT e.deleted_at IS NOT NULL AS is_deleted,
                  coalesce(e.archived_at > coalesce(e.unarchived_at, '-infinity'), false) AS is_archived) m
     -- One may have been archived and then deleted: listed, it is neither.
     CROSS JOIN LATERAL unnest(array_remove(ARRAY[
           CASE WHEN m.is_deleted THEN 'project_restored_deleted' END,
           CASE WHEN m.is_archived THEN 'project_restored_archived' END,
           CASE WHEN NOT m.is_deleted AND NOT m.is_archived THEN 'project_updated' END], NULL)) AS v (event)
     WHERE e.id IS NULL OR NOT e.is_shown OR e.deleted_at < p_at
        OR e.archived_at > coalesce(e.unarchived_at, '-infinity') AND e.archived_at < p_at
        OR e.rank_timestamp < p_at
           AND (e.body ->> 'key', e.body ->> 'name') IS DISTINCT FROM (s.item ->> 'key', s.item ->> 'name')
     UNION ALL
    SELECT jsonb_build_object('timestamp', v_at, 'webhookEvent', 'project_deleted',
                              'project', jsonb_build_object('id', e.id::bigint))::text
      FROM jirasync.entities e
     WHERE p_is_whole AND e.tenant = p_tenant AND e.source = p_source AND e.kind = 'project' AND e.deleted_at IS NULL
       AND e.is_shown AND e.archived_at IS NULL AND e.rank_timestamp < p_at
       AND NOT EXISTS (SELECT FROM shown s WHERE s.id = e.id);
END
$$;
COMMENT ON FUNCTION jirasync.fetched_projects(text, text, text[], boolean, timestamptz) IS
    'Of the projects that Jira listed at p_at: bodies of events for those that the mirror has not or shows otherwise, and, when p_is_whole says that these are all, for those that it alone has';
