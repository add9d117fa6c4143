-- Projects of the mirror that a list of Jira's lacks.

CREATE OR REPLACE FUNCTION jirasync.unlisted_projects(p_tenant text, p_source text, p_listed bigint[])
RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT DISTINCT i.project_id
          FROM jirasync.issues i
         WHERE i.tenant = p_tenant AND i.source = p_source AND i.deleted_at IS NULL AND i.project_id IS NOT NULL
           AND i.project_id <> ALL (p_listed)
           AND (SELECT s.projects IS NULL OR i.project_key = ANY (s.projects) FROM jirasync.sources s WHERE s.source = p_source)
         ORDER BY 1;
END
$$;
COMMENT ON FUNCTION jirasync.unlisted_projects(text, text, bigint[]) IS
    'Projects with live issues in the mirror, of the allow-list where there is one, that are not among those that Jira listed: archived, deleted, or hidden from its user';
