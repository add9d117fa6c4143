-- Deletes old backfills that ended: one batch.

CREATE OR REPLACE FUNCTION jirasync.prune_backfills(p_tenant text DEFAULT 'main')
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_cutoff  timestamptz := jirasync.prune_cutoff('prune_backfills_days');
    v_most    bigint := jirasync.setting_number('prune_batch_rows');
    v_pruned  integer;
BEGIN
    DELETE FROM jirasync.backfills b
     WHERE b.ctid = ANY (ARRAY(
               SELECT o.ctid
                 FROM jirasync.backfills o
                -- One that is running or stopped is where the next one goes on.
                WHERE o.tenant = p_tenant AND o.state IN ('finished', 'abandoned') AND o.noted_at < v_cutoff
                  -- Since when a site is mirrored stays, however long ago.
                  AND (o.state <> 'finished' OR o.jql <> ''
                       OR EXISTS (SELECT FROM jirasync.backfills l
                                   WHERE l.tenant = o.tenant AND l.source = o.source AND l.id > o.id
                                     AND l.state = 'finished' AND l.jql = ''))
                ORDER BY o.id
                LIMIT v_most
                  FOR UPDATE SKIP LOCKED))
       AND b.tenant = p_tenant;
    GET DIAGNOSTICS v_pruned = ROW_COUNT;
    RETURN v_pruned;
END
$$;
COMMENT ON FUNCTION jirasync.prune_backfills(text) IS
    'Part of the prune job: deletes up to prune_batch_rows backfills that were finished or abandoned more than prune_backfills_days ago, but for the last one of each site that loaded all of it; returns how many';
