-- Deletes old reports of reconciliations: one batch.

CREATE OR REPLACE FUNCTION jirasync.prune_reconciliations(p_tenant text DEFAULT 'main')
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_cutoff  timestamptz := jirasync.prune_cutoff('prune_reconciliations_days');
    v_most    bigint := jirasync.setting_number('prune_batch_rows');
    v_pruned  integer;
BEGIN
    DELETE FROM jirasync.reconciliations r
     WHERE r.ctid = ANY (ARRAY(
               SELECT o.ctid
                 FROM jirasync.reconciliations o
                WHERE o.tenant = p_tenant AND o.finished_at < v_cutoff
                  -- What source_health shows stays, however old it is.
                  AND EXISTS (SELECT FROM jirasync.reconciliations l
                               WHERE l.tenant = o.tenant AND l.source = o.source AND l.started_at > o.started_at
                                 AND l.state <> 'running')
                  AND (o.state <> 'finished'
                       OR EXISTS (SELECT FROM jirasync.reconciliations l
                                   WHERE l.tenant = o.tenant AND l.source = o.source AND l.started_at > o.started_at
                                     AND l.state = 'finished'))
                ORDER BY o.id
                LIMIT v_most
                  FOR UPDATE SKIP LOCKED))
       AND r.tenant = p_tenant;
    GET DIAGNOSTICS v_pruned = ROW_COUNT;
    RETURN v_pruned;
END
$$;
COMMENT ON FUNCTION jirasync.prune_reconciliations(text) IS
    'Part of the prune job: deletes up to prune_batch_rows reports of reconciliations that ended more than prune_reconciliations_days ago, but for the last one that came to its end and the last one of all of each site; returns how many';
