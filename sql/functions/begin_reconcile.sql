-- Begins a reconciliation.

CREATE OR REPLACE FUNCTION jirasync.begin_reconcile(
    p_tenant text, p_source text, p_at timestamptz DEFAULT NULL,
    OUT id bigint, OUT changed_since timestamptz, OUT since_minutes bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_at  timestamptz := coalesce(p_at, clock_timestamp());
    v_by  text;
BEGIN
    -- Held by the session: gone with whoever began, however that ended.
    IF NOT pg_try_advisory_lock(hashtext('jirasync reconcile'), hashtext(p_tenant || '/' || p_source)) THEN
        RAISE EXCEPTION 'source % is being reconciled by another process', p_source
            USING ERRCODE = 'lock_not_available', HINT = 'SELECT * FROM jirasync.reconciliations WHERE state = ''running''';
    END IF;
    UPDATE jirasync.reconciliations r
       SET state = 'failed', finished_at = v_at, problem = 'it was interrupted'
     WHERE r.tenant = p_tenant AND r.source = p_source AND r.state = 'running';
    DELETE FROM jirasync.listed_issues l
     WHERE l.tenant = p_tenant
       AND l.reconciliation_id IN (SELECT r.id FROM jirasync.reconciliations r
                                    WHERE r.tenant = p_tenant AND r.source = p_source);
    INSERT INTO jirasync.site_positions (tenant, source) VALUES (p_tenant, p_source) ON CONFLICT DO NOTHING;
    SELECT p.changed_until - o.reconcile_overlap, p.asked_by INTO changed_since, v_by
      FROM jirasync.site_positions p, jirasync.site_options(p_tenant, p_source) o
     WHERE p.tenant = p_tenant AND p.source = p_source;
    INSERT INTO jirasync.reconciliations AS r (tenant, source, asked_by, started_at, changed_since)
    VALUES (p_tenant, p_source, coalesce(v_by, 'hand'), v_at, changed_since)
    RETURNING r.id INTO id;
    -- JQL knows minutes, and reads a date in its user's time zone: minutes before now are the same everywhere.
    since_minutes := ceil(extract(epoch FROM v_at - changed_since) / 60) + 1;
END
$$;
COMMENT ON FUNCTION jirasync.begin_reconcile(text, text, timestamptz) IS
    'Begins a reconciliation of a site, one at a time (SQLSTATE 55P03 while another session runs one): its number, and since when changes are to be asked for, as an instant and as whole minutes before now; both NULL when there is no watermark yet. An earlier one that was interrupted is marked failed';
