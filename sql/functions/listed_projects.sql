-- The projects of a list that are mirrored.

CREATE OR REPLACE FUNCTION jirasync.listed_projects(p_source text, p_projects text[])
RETURNS TABLE (project_id bigint, project_key text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT DISTINCT (p.item ->> 'id')::bigint, p.item ->> 'key'
          FROM (SELECT u.text::jsonb AS item FROM unnest(p_projects) AS u (text)) p
         WHERE p.item ->> 'id' ~ '^[1-9][0-9]{0,17}$' AND p.item ->> 'key' <> ''
           AND (SELECT s.projects IS NULL OR p.item ->> 'key' = ANY (s.projects)
                  FROM jirasync.sources s WHERE s.source = p_source)
         ORDER BY 1;
END
$$;
COMMENT ON FUNCTION jirasync.listed_projects(text, text[]) IS
    'Id and key of the projects in a list of Jira''s that the source''s allow-list has, or all where it has none';
