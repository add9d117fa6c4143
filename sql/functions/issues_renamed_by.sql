-- The issues that show a name which has changed.
CREATE OR REPLACE FUNCTION jirasync.issues_renamed_by(
    p_tenant text, p_sources text[], p_ids bigint[],
    p_project_sources text[], p_project_ids bigint[], p_version_sources text[], p_version_ids bigint[],
    OUT sources text[], OUT issue_ids bigint[])
LANGUAGE plpgsql AS $$
BEGIN
    SELECT coalesce(array_agg(f.source), '{}'), coalesce(array_agg(f.issue_id), '{}') INTO sources, issue_ids
    FROM (
        SELECT child.source, child.issue_id
        FROM unnest(p_sources, p_ids) u (source, issue_id)
        JOIN jirasync.issues parent
          ON parent.tenant = p_tenant AND parent.source = u.source AND parent.issue_id = u.issue_id
        JOIN jirasync.issues child
          ON child.tenant = p_tenant AND child.source = u.source AND child.parent_id = u.issue_id
        WHERE child.parent_key IS DISTINCT FROM parent.issue_key AND parent.issue_key IS NOT NULL
        UNION
        SELECT i.source, i.issue_id
        FROM unnest(p_project_sources, p_project_ids) u (source, project_id)
        JOIN jirasync.issues i
          ON i.tenant = p_tenant AND i.source = u.source AND i.project_id = u.project_id
        JOIN jirasync.projects p
          ON p.tenant = p_tenant AND p.source = u.source AND p.project_id = u.project_id
        WHERE i.project_key IS DISTINCT FROM p.project_key
        UNION
        SELECT f.source, f.issue_id
        FROM unnest(p_version_sources, p_version_ids) u (source, version_id)
        JOIN jirasync.issue_fix_versions f
          ON f.tenant = p_tenant AND f.source = u.source AND f.version_id = u.version_id
        UNION
        SELECT i.source, i.issue_id
        FROM unnest(p_version_sources, p_version_ids) u (source, version_id)
        JOIN jirasync.issues i ON i.tenant = p_tenant AND i.source = u.source
        WHERE i.is_stub AND i.version_ids IS NOT NULL AND u.version_id = ANY (i.version_ids)
        EXCEPT
        SELECT * FROM unnest(p_sources, p_ids)) f;
END
$$;
COMMENT ON FUNCTION jirasync.issues_renamed_by IS 'Issues outside the given ones that show the key of a given parent or project, or the name of a given version, as it was';
