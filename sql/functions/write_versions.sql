-- Versions: the newest name that snapshots and the versions' own events tell, and their project's newest key.
CREATE OR REPLACE FUNCTION jirasync.write_versions(
    p_tenant text, p_sources text[], p_ids bigint[], p_version_sources text[], p_version_ids bigint[],
    p_project_sources text[], p_project_ids bigint[],
    OUT changed integer, OUT changed_sources text[], OUT changed_ids bigint[])
LANGUAGE plpgsql AS $$
DECLARE
    v_renamed  record;
BEGIN
    WITH told AS MATERIALIZED (
        SELECT s.source, v.version_id, v.name, s.project_id, s.at, s.delivery_id, s.issue_id
        FROM jirasync.touched_snapshots(p_tenant, p_sources, p_ids) s
        CROSS JOIN LATERAL unnest(s.version_ids, s.version_names) v (version_id, name)
        WHERE v.name IS NOT NULL AND v.version_id IS NOT NULL
        UNION ALL
        SELECT e.source, e.id::bigint, e.body ->> 'name',
               CASE WHEN e.body ->> 'projectId' ~ '^[0-9]{1,18}$' THEN (e.body ->> 'projectId')::bigint END,
               -- A delete's look gives way to the first live one, however early that is.
               CASE WHEN e.is_shown THEN e.rank_updated ELSE '-infinity' END, e.delivery_id, NULL
        FROM jirasync.touched_entities(p_tenant, 'version', p_version_sources, p_version_ids) e
        WHERE jsonb_typeof(e.body -> 'name') = 'string'
    ), stored AS MATERIALIZED (
        SELECT v.source, v.version_id, v.name, v.project_id, v.known_at, v.known_by, NULL::bigint
        FROM (SELECT t.source, t.version_id FROM told t
              UNION
              SELECT * FROM unnest(p_version_sources, p_version_ids)
              UNION
              SELECT n.source, n.version_id
              FROM unnest(p_project_sources, p_project_ids) u (source, project_id)
              CROSS JOIN LATERAL (
                  SELECT * FROM jirasync.versions o
                  WHERE o.tenant = p_tenant AND o.source = u.source AND o.project_id = u.project_id
                  OFFSET 0) n) w (source, version_id)
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.versions n
            WHERE n.tenant = p_tenant AND n.source = w.source AND n.version_id = w.version_id
            OFFSET 0) v
        WHERE p_ids IS NOT NULL
    ), newest AS MATERIALIZED (
        SELECT DISTINCT ON (n.source, n.version_id) n.*
        FROM (SELECT * FROM told UNION ALL SELECT * FROM stored) n
        ORDER BY n.source, n.version_id, n.at DESC, n.delivery_id DESC, n.issue_id DESC NULLS LAST, n.name
    ), differs AS MATERIALIZED (
        SELECT n.*, p.project_key, f.released, f.archived, f.start_date, f.release_date, f.merged_into, f.deleted_at,
               (v.name, v.merged_into, v.deleted_at) IS DISTINCT FROM (n.name, f.merged_into, f.deleted_at) AS is_other,
               v.name AS old_name, v.project_key AS old_project,
               v.version_id IS NOT NULL AND (v.name, v.project_key) IS DISTINCT FROM (n.name, p.project_key) AS is_renamed
        FROM newest n
        LEFT JOIN LATERAL (
            SELECT * FROM jirasync.projects o
            WHERE o.tenant = p_tenant AND o.source = n.source AND o.project_id = n.project_id
            OFFSET 0) p ON true
        LEFT JOIN LATERAL (
            SELECT o.merged_into, o.deleted_at,
                   CASE WHEN jsonb_typeof(o.body -> 'released') = 'boolean' THEN (o.body -> 'released')::boolean END AS released,
                   CASE WHEN jsonb_typeof(o.body -> 'archived') = 'boolean' THEN (o.body -> 'archived')::boolean END AS archived,
                   jirasync.date_or_null(o.body ->> 'startDate') AS start_date,
                   jirasync.date_or_null(o.body ->> 'releaseDate') AS release_date
            FROM jirasync.entities o
            WHERE o.tenant = p_tenant AND o.source = n.source AND o.kind = 'version' AND o.id = n.version_id::text
            OFFSET 0) f ON true
        LEFT JOIN LATERAL (
            SELECT * FROM jirasync.versions o
            WHERE o.tenant = p_tenant AND o.source = n.source AND o.version_id = n.version_id
            OFFSET 0) v ON true
        WHERE (v.name, v.project_id, v.project_key, v.known_at, v.known_by, v.released, v.archived, v.start_date,
               v.release_date, v.merged_into, v.deleted_at)
              IS DISTINCT FROM (n.name, n.project_id, p.project_key, n.at, n.delivery_id, f.released, f.archived,
                                f.start_date, f.release_date, f.merged_into, f.deleted_at)
    ), put AS (
        INSERT INTO jirasync.versions
            (tenant, source, version_id, name, project_id, project_key, known_at, known_by, released, archived,
             start_date, release_date, merged_into, deleted_at)
        SELECT p_tenant, d.source, d.version_id, d.name, d.project_id, d.project_key, d.at, d.delivery_id, d.released,
               d.archived, d.start_date, d.release_date, d.merged_into, d.deleted_at
        FROM differs d
        ON CONFLICT (tenant, source, version_id) DO UPDATE
        SET name = excluded.name, project_id = excluded.project_id, project_key = excluded.project_key,
            known_at = excluded.known_at, known_by = excluded.known_by, released = excluded.released,
            archived = excluded.archived, start_date = excluded.start_date, release_date = excluded.release_date,
            merged_into = excluded.merged_into, deleted_at = excluded.deleted_at
    )
    SELECT count(*)::integer AS changed,
           coalesce(array_agg(d.source) FILTER (WHERE d.is_other), '{}') AS changed_sources,
           coalesce(array_agg(d.version_id) FILTER (WHERE d.is_other), '{}') AS changed_ids,
           array_agg(d.source) FILTER (WHERE d.is_renamed) AS sources,
           array_agg(d.old_project) FILTER (WHERE d.is_renamed) AS old_projects,
           array_agg(d.old_name) FILTER (WHERE d.is_renamed) AS old_names,
           array_agg(d.project_key) FILTER (WHERE d.is_renamed) AS new_projects,
           array_agg(d.name) FILTER (WHERE d.is_renamed) AS new_names
    INTO v_renamed FROM differs d;
    changed := v_renamed.changed;
    changed_sources := v_renamed.changed_sources;
    changed_ids := v_renamed.changed_ids;
    IF v_renamed.sources IS NOT NULL THEN
        PERFORM jirasync.rename_run_coverage(p_tenant, v_renamed.sources, v_renamed.old_projects, v_renamed.old_names,
                                             v_renamed.new_projects, v_renamed.new_names);
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.write_versions IS 'Write what versions lacks of what the snapshots of the given issues and the events of the given versions tell (p_ids NULL: of all), and of the keys of the given projects; says how many rows differed and which versions have another name or life now';
