-- Registers the configured sources; a program calls it at its start.

CREATE OR REPLACE FUNCTION jirasync.register_sources(p_sources jsonb)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_changed  integer;
    v_counted  record;
    v_before   text[] := ARRAY(SELECT s.source FROM jirasync.sources s WHERE s.has_credentials);
BEGIN
    -- Which branches count decides over what their commits are for: told anew, all refs of the source are read anew.
    FOR v_counted IN
        SELECT coalesce(c.tenant, 'main') AS tenant, array_agg(r.source) AS sources,
               array_agg(r.repository || '^*') AS keys, array_agg('correlate_commit'::text) AS kinds
          FROM jsonb_to_recordset(p_sources) AS c (source text, tenant text, counted_refs text[])
          JOIN jirasync.sources s ON s.source = c.source AND s.counted_refs IS DISTINCT FROM c.counted_refs
          JOIN jirasync.repositories r ON r.tenant = coalesce(c.tenant, 'main') AND r.source = c.source
         GROUP BY coalesce(c.tenant, 'main')
    LOOP
        PERFORM jirasync.enqueue_jobs(v_counted.tenant, v_counted.kinds, v_counted.sources, v_counted.keys);
    END LOOP;
    -- No push may be stored without asking by whoever does not see the credentials yet, and be missed by fetch_gaps below.
    IF EXISTS (SELECT FROM jsonb_to_recordset(p_sources) AS c (source text, has_credentials boolean)
                WHERE c.has_credentials AND c.source <> ALL (v_before)) THEN
        PERFORM pg_advisory_xact_lock(hashtext('jirasync'), hashtext('git'));
    END IF;
    INSERT INTO jirasync.sources AS s
           (source, tenant, kind, base_url, projects, counted_refs, epic_link_field, api_token_expires,
            has_credentials)
    SELECT c.source, coalesce(c.tenant, 'main'), c.kind, c.base_url, c.projects, c.counted_refs, c.epic_link_field,
           c.api_token_expires, coalesce(c.has_credentials, false)
      FROM jsonb_to_recordset(p_sources)
           AS c (source text, tenant text, kind text, base_url text, projects text[], counted_refs text[],
                 epic_link_field text, api_token_expires date, has_credentials boolean)
     ORDER BY c.source
    ON CONFLICT (source) DO UPDATE
       SET tenant = excluded.tenant, kind = excluded.kind, base_url = excluded.base_url,
           projects = excluded.projects, counted_refs = excluded.counted_refs,
           epic_link_field = excluded.epic_link_field, api_token_expires = excluded.api_token_expires,
           has_credentials = excluded.has_credentials
     WHERE (s.tenant, s.kind, s.base_url, s.projects, s.counted_refs, s.epic_link_field, s.api_token_expires,
            s.has_credentials)
           IS DISTINCT FROM
           (excluded.tenant, excluded.kind, excluded.base_url, excluded.projects, excluded.counted_refs,
            excluded.epic_link_field, excluded.api_token_expires, excluded.has_credentials);
    GET DIAGNOSTICS v_changed = ROW_COUNT;
    IF v_changed > 0 THEN
        -- What an operator changes, and what is remembered, of each Jira site and of git hosts that are asked.
        INSERT INTO jirasync.site_settings (tenant, source)
        SELECT s.tenant, s.source FROM jirasync.sources s WHERE s.kind = 'jira' OR s.has_credentials ORDER BY 1, 2
        ON CONFLICT DO NOTHING;
        INSERT INTO jirasync.site_positions (tenant, source)
        SELECT s.tenant, s.source FROM jirasync.sources s WHERE s.kind = 'jira' OR s.has_credentials ORDER BY 1, 2
        ON CONFLICT DO NOTHING;
        -- What pushes left out while a git host could not be asked.
        PERFORM jirasync.fetch_gaps(s.source, s.tenant)
           FROM jirasync.sources s
          WHERE s.has_credentials AND s.kind <> 'jira' AND s.source <> ALL (v_before);
    END IF;
    RETURN v_changed;
END
$$;
COMMENT ON FUNCTION jirasync.register_sources(jsonb) IS
    'Writes the configured sources, given as a JSON array of objects, to table sources, gives each Jira site and each git host with credentials its rows of site_settings and site_positions, and asks a git host that has credentials now for what its pushes left out; returns how many rows are new or changed. Where counted_refs changed, a job reads all refs of each repository anew (those that imports alone tell of: with the next import). Sources that are no longer configured stay';
