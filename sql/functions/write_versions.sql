-- Versions: the newest name that snapshots tell, and their project's newest key.
CREATE OR REPLACE FUNCTION jirasync.write_versions(
    p_tenant text, p_sources text[], p_ids bigint[], p_project_sources text[], p_project_ids bigint[],
    OUT changed integer, OUT renamed_sources text[], OUT renamed_ids bigint[])
LANGUAGE plpgsql AS $$
BEGIN
    WITH told AS MATERIALIZED (
        SELECT DISTINCT ON (s.source, v.version_id)
               s.source, v.version_id, v.name, s.project_id, s.at, s.delivery_id
        FROM jirasync.touched_snapshots(p_tenant, p_sources, p_ids) s
        CROSS JOIN LATERAL unnest(s.version_ids, s.version_names) v (version_id, name)
        WHERE v.name IS NOT NULL AND v.version_id IS NOT NULL
        ORDER BY s.source, v.version_id, s.at DESC, s.delivery_id DESC, s.issue_id DESC, v.name
    ), newest AS MATERIALIZED (
        SELECT DISTINCT ON (n.source, n.version_id) n.*
        FROM (SELECT t.* FROM told t
              UNION ALL
              SELECT v.source, v.version_id, v.name, v.project_id, v.known_at, v.known_by
              FROM told t
              JOIN jirasync.versions v
                ON v.tenant = p_tenant AND v.source = t.source AND v.version_id = t.version_id
              WHERE p_ids IS NOT NULL
              UNION ALL
              SELECT v.source, v.version_id, v.name, v.project_id, v.known_at, v.known_by
              FROM unnest(p_project_sources, p_project_ids) u (source, project_id)
              JOIN jirasync.versions v
                ON v.tenant = p_tenant AND v.source = u.source AND v.project_id = u.project_id
              WHERE p_ids IS NOT NULL) n
        ORDER BY n.source, n.version_id, n.at DESC, n.delivery_id DESC
    ), differs AS MATERIALIZED (
        SELECT n.*, p.project_key, v.name IS DISTINCT FROM n.name AS renamed
        FROM newest n
        LEFT JOIN jirasync.projects p
          ON p.tenant = p_tenant AND p.source = n.source AND p.project_id = n.project_id
        LEFT JOIN jirasync.versions v
          ON v.tenant = p_tenant AND v.source = n.source AND v.version_id = n.version_id
        WHERE (v.name, v.project_id, v.project_key, v.known_at, v.known_by)
              IS DISTINCT FROM (n.name, n.project_id, p.project_key, n.at, n.delivery_id)
    ), put AS (
        INSERT INTO jirasync.versions (tenant, source, version_id, name, project_id, project_key, known_at, known_by)
        SELECT p_tenant, d.source, d.version_id, d.name, d.project_id, d.project_key, d.at, d.delivery_id
        FROM differs d
        ON CONFLICT (tenant, source, version_id) DO UPDATE
        SET name = excluded.name, project_id = excluded.project_id, project_key = excluded.project_key,
            known_at = excluded.known_at, known_by = excluded.known_by
    )
    SELECT count(*),
           coalesce(array_agg(d.source) FILTER (WHERE d.renamed), '{}'),
           coalesce(array_agg(d.version_id) FILTER (WHERE d.renamed), '{}')
    INTO changed, renamed_sources, renamed_ids FROM differs d;
END
$$;
COMMENT ON FUNCTION jirasync.write_versions IS 'Write what versions lacks of the newest names in the snapshots of the given issues (arrays NULL: of all) and of the keys of the given projects; says how many rows differed and which versions have another name now';
