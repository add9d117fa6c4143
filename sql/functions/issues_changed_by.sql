-- The issues that show what a project or version has stopped to be.
CREATE OR REPLACE FUNCTION jirasync.issues_changed_by(
    p_tenant text, p_project_sources text[], p_project_ids bigint[], p_version_sources text[], p_version_ids bigint[],
    OUT sources text[], OUT issue_ids bigint[])
LANGUAGE plpgsql AS $$
BEGIN
    IF p_project_ids = '{}' AND p_version_ids = '{}' THEN
        sources := '{}';
        issue_ids := '{}';
        RETURN;
    END IF;
    SELECT coalesce(array_agg(f.source), '{}'), coalesce(array_agg(f.issue_id), '{}') INTO sources, issue_ids
    FROM (
        SELECT i.source, i.issue_id
        FROM unnest(p_project_sources, p_project_ids) u (source, project_id)
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.projects n
            WHERE n.tenant = p_tenant AND n.source = u.source AND n.project_id = u.project_id
            OFFSET 0) p
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.issues n
            WHERE n.tenant = p_tenant AND n.source = u.source AND n.project_id = u.project_id
            OFFSET 0) i
        WHERE (i.project_key, i.deleted_at) IS DISTINCT FROM (p.project_key, coalesce(i.buried_at, p.deleted_at))
           OR i.issue_key IS DISTINCT FROM (
                  SELECT c.issue_key FROM jirasync.current_issue_keys c
                  WHERE c.tenant = i.tenant AND c.source = i.source AND c.issue_id = i.issue_id)
        UNION
        SELECT f.source, f.issue_id
        FROM unnest(p_version_sources, p_version_ids) u (source, version_id)
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.issue_fix_versions n
            WHERE n.tenant = p_tenant AND n.source = u.source AND n.version_id = u.version_id
            OFFSET 0) f
        UNION
        -- Stubs, and deleted issues that are known by their delete alone, have no snapshots, so no scope either. A version that was merged is
        -- shown as the one at the end of the way.
        SELECT i.source, i.issue_id
        FROM unnest(p_version_sources, p_version_ids) u (source, version_id)
        JOIN jirasync.issues i ON i.tenant = p_tenant AND i.source = u.source
        WHERE (i.is_stub OR i.buried_at IS NOT NULL) AND i.version_ids IS NOT NULL
          AND (u.version_id = ANY (i.version_ids)
               OR EXISTS (SELECT FROM unnest(i.version_ids) m (version_id)
                          CROSS JOIN LATERAL (
                              SELECT * FROM jirasync.versions n
                              WHERE n.tenant = p_tenant AND n.source = i.source AND n.version_id = m.version_id
                              OFFSET 0) w
                          WHERE w.merged_into IS NOT NULL))) f;
END
$$;
COMMENT ON FUNCTION jirasync.issues_changed_by IS 'Issues that show the key or life of a given project, or the name or life of a given version, as it was';
