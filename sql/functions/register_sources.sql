-- Registers the configured sources; a program calls it at its start.

CREATE OR REPLACE FUNCTION jirasync.register_sources(p_sources jsonb)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_changed  integer;
BEGIN
    INSERT INTO jirasync.sources AS s
           (source, tenant, kind, base_url, projects, counted_refs, epic_link_field, api_token_expires)
    SELECT c.source, coalesce(c.tenant, 'main'), c.kind, c.base_url, c.projects, c.counted_refs, c.epic_link_field,
           c.api_token_expires
      FROM jsonb_to_recordset(p_sources)
           AS c (source text, tenant text, kind text, base_url text, projects text[], counted_refs text[],
                 epic_link_field text, api_token_expires date)
     ORDER BY c.source
    ON CONFLICT (source) DO UPDATE
       SET tenant = excluded.tenant, kind = excluded.kind, base_url = excluded.base_url,
           projects = excluded.projects, counted_refs = excluded.counted_refs,
           epic_link_field = excluded.epic_link_field, api_token_expires = excluded.api_token_expires
     WHERE (s.tenant, s.kind, s.base_url, s.projects, s.counted_refs, s.epic_link_field, s.api_token_expires)
           IS DISTINCT FROM
           (excluded.tenant, excluded.kind, excluded.base_url, excluded.projects, excluded.counted_refs,
            excluded.epic_link_field, excluded.api_token_expires);
    GET DIAGNOSTICS v_changed = ROW_COUNT;
    IF v_changed > 0 THEN
        -- What an operator changes, and what is remembered, of each Jira site.
        INSERT INTO jirasync.site_settings (tenant, source)
        SELECT s.tenant, s.source FROM jirasync.sources s WHERE s.kind = 'jira' ORDER BY 1, 2
        ON CONFLICT DO NOTHING;
        INSERT INTO jirasync.site_positions (tenant, source)
        SELECT s.tenant, s.source FROM jirasync.sources s WHERE s.kind = 'jira' ORDER BY 1, 2
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN v_changed;
END
$$;
COMMENT ON FUNCTION jirasync.register_sources(jsonb) IS
    'Writes the configured sources, given as a JSON array of objects, to table sources, and gives each Jira site its rows of site_settings and site_positions; returns how many rows are new or changed. Sources that are no longer configured stay';
