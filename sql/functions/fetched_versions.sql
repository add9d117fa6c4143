-- What a fetched list of a project's versions shows, as the events that would have told it.

CREATE OR REPLACE FUNCTION jirasync.fetched_versions(
    p_tenant text, p_source text, p_project_id bigint, p_versions text[], p_at timestamptz)
RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_at  bigint := floor(extract(epoch FROM p_at) * 1000);
BEGIN
    RETURN QUERY
    WITH shown AS MATERIALIZED (
        SELECT v.item || jsonb_build_object('projectId', p_project_id) AS item, v.item ->> 'id' AS id
          FROM (SELECT u.text::jsonb AS item FROM unnest(p_versions) AS u (text)) v
         WHERE v.item ->> 'id' ~ '^[1-9][0-9]{0,17}$'
    )
    SELECT jsonb_build_object('timestamp', v_at, 'webhookEvent', 'jira:version_updated', 'version', s.item)::text
      FROM shown s
      LEFT JOIN jirasync.entities e
        ON e.tenant = p_tenant AND e.source = p_source AND e.kind = 'version' AND e.id = s.id
     WHERE e.id IS NULL OR NOT e.is_shown
        OR e.rank_timestamp < p_at
           AND (SELECT count(*) FROM unnest('{name,description,released,archived,startDate,releaseDate,projectId}'::text[]) m (name)
                 WHERE coalesce(nullif(nullif(e.body ->> m.name, ''), 'false'), '') <> coalesce(nullif(nullif(s.item ->> m.name, ''), 'false'), '')) > 0
     UNION ALL
    SELECT jsonb_build_object('timestamp', v_at, 'webhookEvent', 'jira:version_deleted',
                              'version', coalesce(e.body, '{}') || jsonb_build_object('id', e.id))::text
      FROM jirasync.entities e
     WHERE e.tenant = p_tenant AND e.source = p_source AND e.kind = 'version' AND e.deleted_at IS NULL
       AND e.body ->> 'projectId' = p_project_id::text AND e.rank_timestamp < p_at
       AND NOT EXISTS (SELECT FROM shown s WHERE s.id = e.id);
END
$$;
COMMENT ON FUNCTION jirasync.fetched_versions(text, text, bigint, text[], timestamptz) IS
    'Of all versions of a project, as Jira listed them at p_at: bodies of events for those that the mirror has not or shows otherwise, and for those that it alone has';
