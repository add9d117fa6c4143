-- Projects: the newest key and name that snapshots tell.
CREATE OR REPLACE FUNCTION jirasync.write_projects(
    p_tenant text, p_sources text[], p_ids bigint[],
    OUT changed integer, OUT renamed_sources text[], OUT renamed_ids bigint[])
LANGUAGE plpgsql AS $$
BEGIN
    WITH told AS MATERIALIZED (
        SELECT DISTINCT ON (s.source, s.project_id)
               s.source, s.project_id, s.project_key, s.project_name AS name, s.at, s.delivery_id
        FROM jirasync.touched_snapshots(p_tenant, p_sources, p_ids) s
        WHERE s.project_id IS NOT NULL AND s.project_key IS NOT NULL
        ORDER BY s.source, s.project_id, s.at DESC, s.delivery_id DESC
    ), differs AS MATERIALIZED (
        SELECT t.*, p.project_key IS DISTINCT FROM t.project_key AS renamed
        FROM told t
        LEFT JOIN jirasync.projects p
          ON p.tenant = p_tenant AND p.source = t.source AND p.project_id = t.project_id
        WHERE (p.project_key, p.name, p.known_at, p.known_by)
              IS DISTINCT FROM (t.project_key, t.name, t.at, t.delivery_id)
          AND (p_ids IS NULL OR p.project_id IS NULL OR (t.at, t.delivery_id) >= (p.known_at, p.known_by))
    ), put AS (
        INSERT INTO jirasync.projects (tenant, source, project_id, project_key, name, known_at, known_by)
        SELECT p_tenant, d.source, d.project_id, d.project_key, d.name, d.at, d.delivery_id FROM differs d
        ON CONFLICT (tenant, source, project_id) DO UPDATE
        SET project_key = excluded.project_key, name = excluded.name,
            known_at = excluded.known_at, known_by = excluded.known_by
    )
    SELECT count(*),
           coalesce(array_agg(d.source) FILTER (WHERE d.renamed), '{}'),
           coalesce(array_agg(d.project_id) FILTER (WHERE d.renamed), '{}')
    INTO changed, renamed_sources, renamed_ids FROM differs d;
END
$$;
COMMENT ON FUNCTION jirasync.write_projects IS 'Write what projects lacks of the newest names in the snapshots of the given issues (arrays NULL: of all); says how many rows differed and which projects have another key now. Facts only grow, so the newest of what is stored and what is touched is the newest of all';
