-- Deletes the rejected requests past the number that is kept: one batch.

CREATE OR REPLACE FUNCTION jirasync.prune_rejections(p_tenant text DEFAULT 'main')
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
DECLARE
    v_kept    bigint := jirasync.setting_number('rejection_rows');
    v_most    bigint := jirasync.setting_number('prune_batch_rows');
    v_bound   bigint;
    v_pruned  integer;
BEGIN
    SELECT r.id INTO v_bound
      FROM jirasync.rejected_requests r
     WHERE r.tenant = p_tenant
     ORDER BY r.id DESC
    OFFSET v_kept
     LIMIT 1;
    DELETE FROM jirasync.rejected_requests r
     WHERE r.ctid = ANY (ARRAY(
               SELECT o.ctid
                 FROM jirasync.rejected_requests o
                WHERE o.tenant = p_tenant AND o.id <= v_bound
                ORDER BY o.id
                LIMIT v_most
                  FOR UPDATE SKIP LOCKED))
       AND r.tenant = p_tenant;
    GET DIAGNOSTICS v_pruned = ROW_COUNT;
    RETURN v_pruned;
END
$$;
COMMENT ON FUNCTION jirasync.prune_rejections(text) IS
    'Part of the prune job: deletes up to prune_batch_rows of the oldest rejected requests past rejection_rows; returns how many. store_rejections does so with each rejection: this is for a setting that was lowered';
