-- What the correlation reads of an entity's body.

CREATE OR REPLACE FUNCTION jirasync.entity_facts(p_kind text, p_body jsonb)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    IF p_kind NOT IN ('version', 'project') OR jsonb_typeof(p_body) IS DISTINCT FROM 'object' THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT jsonb_object_agg(e.key, e.value)
              FROM jsonb_each(p_body) e
             WHERE e.key = ANY (CASE p_kind WHEN 'project' THEN '{key,name}'::text[]
                                ELSE '{name,projectId,released,archived,startDate,releaseDate}' END));
END
$$;
COMMENT ON FUNCTION jirasync.entity_facts(text, jsonb) IS
    'What stays of an entity''s body when the rest is blanked: the members of a version or project that versions and projects are derived from; NULL for all other kinds';
