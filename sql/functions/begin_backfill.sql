-- Begins a backfill, or goes on with one.

CREATE OR REPLACE FUNCTION jirasync.begin_backfill(
    p_tenant text, p_source text, p_jql text, p_is_anew boolean,
    OUT id bigint, OUT project_id bigint, OUT cursor text, OUT issues bigint, OUT children bigint, OUT requests bigint,
    OUT total bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    -- Held by the session: gone with whoever began, however that ended.
    IF NOT pg_try_advisory_lock(hashtext('jirasync backfill'), hashtext(p_tenant || '/' || p_source)) THEN
        RAISE EXCEPTION 'source % is being loaded by another process', p_source
            USING ERRCODE = 'lock_not_available', HINT = 'TABLE jirasync.backfill_progress';
    END IF;
    UPDATE jirasync.backfills b
       SET state = 'abandoned'
     WHERE b.tenant = p_tenant AND b.source = p_source AND b.state IN ('running', 'stopped')
       AND (p_is_anew OR b.jql <> p_jql);
    UPDATE jirasync.backfills b
       SET state = 'running', problem = NULL, noted_at = clock_timestamp()
     WHERE b.tenant = p_tenant AND b.source = p_source AND b.state IN ('running', 'stopped')
    RETURNING b.id, b.project_id, b.cursor, b.issues, b.children, b.requests, b.total
         INTO id, project_id, cursor, issues, children, requests, total;
    IF NOT FOUND THEN
        INSERT INTO jirasync.backfills AS b (tenant, source, jql, started_at, noted_at)
        VALUES (p_tenant, p_source, p_jql, clock_timestamp(), clock_timestamp())
        RETURNING b.id, b.project_id, b.cursor, b.issues, b.children, b.requests, b.total
             INTO id, project_id, cursor, issues, children, requests, total;
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.begin_backfill(text, text, text, boolean) IS
    'Begins a backfill of a site, one at a time (SQLSTATE 55P03 while another session runs one), or goes on with the one of the same condition that was broken off, unless it is to begin anew: where it is and what it has done';
