-- Deletes old rows of the ledger: one batch.

CREATE OR REPLACE FUNCTION jirasync.prune_ledger(p_tenant text DEFAULT 'main')
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
DECLARE
    v_cutoff  timestamptz := jirasync.prune_cutoff('prune_ledger_days');
    v_most    bigint := jirasync.setting_number('prune_batch_rows');
    v_pruned  integer;
BEGIN
    DELETE FROM jirasync.deliveries d
     WHERE d.ctid = ANY (ARRAY(
               SELECT o.ctid
                 FROM jirasync.deliveries o
                WHERE o.tenant = p_tenant AND o.received_at < v_cutoff
                ORDER BY o.received_at
                LIMIT v_most
                  FOR UPDATE SKIP LOCKED))
       AND d.tenant = p_tenant;
    GET DIAGNOSTICS v_pruned = ROW_COUNT;
    RETURN v_pruned;
END
$$;
COMMENT ON FUNCTION jirasync.prune_ledger(text) IS
    'Part of the prune job: deletes up to prune_batch_rows rows of the ledger older than prune_ledger_days; returns how many. A delivery that comes again after that is judged by its rank: stale';
