-- Projects: the newest key and name that snapshots and the projects' own events tell, and every key they have borne.
CREATE OR REPLACE FUNCTION jirasync.write_projects(
    p_tenant text, p_sources text[], p_ids bigint[], p_project_sources text[], p_project_ids bigint[],
    OUT changed integer, OUT changed_sources text[], OUT changed_ids bigint[])
LANGUAGE plpgsql AS $$
BEGIN
    WITH seen AS MATERIALIZED (
        SELECT s.source, s.project_id, s.project_key, s.project_name AS name, s.at, s.delivery_id
        FROM jirasync.touched_snapshots(p_tenant, p_sources, p_ids) s
        WHERE s.project_id IS NOT NULL AND s.project_key IS NOT NULL
    ), told AS MATERIALIZED (
        SELECT * FROM seen
        UNION ALL
        SELECT e.source, e.id::bigint, e.body ->> 'key', e.body ->> 'name',
               -- A delete's look gives way to the first live one, however early that is.
               CASE WHEN e.is_shown THEN e.rank_updated ELSE '-infinity' END, e.delivery_id
        FROM jirasync.touched_entities(p_tenant, 'project', p_project_sources, p_project_ids) e
        WHERE jsonb_typeof(e.body -> 'key') = 'string'
    ), newest AS MATERIALIZED (
        SELECT DISTINCT ON (n.source, n.project_id) n.*
        FROM (SELECT * FROM told
              UNION ALL
              SELECT p.source, p.project_id, p.project_key, p.name, p.known_at, p.known_by
              FROM (SELECT t.source, t.project_id FROM told t
                    UNION SELECT * FROM unnest(p_project_sources, p_project_ids)) u (source, project_id)
              CROSS JOIN LATERAL (
                  SELECT * FROM jirasync.projects n
                  WHERE n.tenant = p_tenant AND n.source = u.source AND n.project_id = u.project_id
                  OFFSET 0) p
              WHERE p_ids IS NOT NULL) n
        ORDER BY n.source, n.project_id, n.at DESC, n.delivery_id DESC
    ), differs AS MATERIALIZED (
        SELECT n.*, e.deleted_at, e.archived_at,
               (p.project_key, p.deleted_at) IS DISTINCT FROM (n.project_key, e.deleted_at) AS is_other
        FROM newest n
        LEFT JOIN LATERAL (
            SELECT o.deleted_at, CASE WHEN o.unarchived_at >= o.archived_at THEN NULL ELSE o.archived_at END AS archived_at
            FROM jirasync.entities o
            WHERE o.tenant = p_tenant AND o.source = n.source AND o.kind = 'project' AND o.id = n.project_id::text
            OFFSET 0) e ON true
        LEFT JOIN LATERAL (
            SELECT * FROM jirasync.projects o
            WHERE o.tenant = p_tenant AND o.source = n.source AND o.project_id = n.project_id
            OFFSET 0) p ON true
        WHERE (p.project_key, p.name, p.known_at, p.known_by, p.deleted_at, p.archived_at)
              IS DISTINCT FROM (n.project_key, n.name, n.at, n.delivery_id, e.deleted_at, e.archived_at)
    ), put AS (
        INSERT INTO jirasync.projects
            (tenant, source, project_id, project_key, name, known_at, known_by, deleted_at, archived_at)
        SELECT p_tenant, d.source, d.project_id, d.project_key, d.name, d.at, d.delivery_id, d.deleted_at, d.archived_at
        FROM differs d
        ON CONFLICT (tenant, source, project_id) DO UPDATE
        SET project_key = excluded.project_key, name = excluded.name, known_at = excluded.known_at,
            known_by = excluded.known_by, deleted_at = excluded.deleted_at, archived_at = excluded.archived_at
    ), borne AS (
        INSERT INTO jirasync.project_keys AS k (tenant, source, project_id, project_key)
        SELECT DISTINCT p_tenant, s.source, s.project_id, s.project_key
        FROM seen s
        ORDER BY s.source, s.project_id, s.project_key
        ON CONFLICT DO NOTHING
        RETURNING k.source, k.project_id
    ), other AS (
        SELECT d.source, d.project_id FROM differs d WHERE d.is_other
        UNION SELECT * FROM borne
        UNION SELECT * FROM unnest(p_project_sources, p_project_ids)
    )
    SELECT (SELECT count(*) FROM differs) + (SELECT count(*) FROM borne),
           coalesce(array_agg(o.source), '{}'), coalesce(array_agg(o.project_id), '{}')
    INTO changed, changed_sources, changed_ids FROM other o;
END
$$;
COMMENT ON FUNCTION jirasync.write_projects IS 'Write what projects and project_keys lack of what the snapshots of the given issues and the events of the given projects tell (p_ids NULL: of all); says how many rows differed, and which projects may be shown otherwise now';
