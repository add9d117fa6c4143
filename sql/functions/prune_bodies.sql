-- Drops the bodies of old deliveries: one batch.

CREATE OR REPLACE FUNCTION jirasync.prune_bodies(p_tenant text DEFAULT 'main')
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
DECLARE
    v_cutoff  timestamptz := jirasync.prune_cutoff('prune_bodies_days');
    v_most    bigint := jirasync.setting_number('prune_batch_rows');
    v_until   timestamptz;
    v_batch   record;
    v_pruned  integer;
BEGIN
    v_until := coalesce((SELECT p.bodies_until FROM jirasync.prune_positions p WHERE p.tenant = p_tenant), '-infinity');
    LOOP
        SELECT array_agg(o.place) AS places, count(*) AS rows, min(o.received_at) AS first, max(o.received_at) AS last
          INTO v_batch
          FROM (SELECT d.ctid AS place, d.received_at
                  FROM jirasync.deliveries d
                 WHERE d.tenant = p_tenant AND d.received_at >= v_until AND d.received_at < v_cutoff AND d.body IS NOT NULL
                 ORDER BY d.received_at
                 LIMIT v_most) o;
        EXIT WHEN v_batch.rows = 0;
        -- By their places: they are locked, so they stay there. What another transaction holds is left for another day.
        UPDATE jirasync.deliveries d
           SET body = NULL
         WHERE d.tenant = p_tenant AND d.ctid = ANY (ARRAY(
                   SELECT o.ctid FROM jirasync.deliveries o
                    WHERE o.tenant = p_tenant AND o.ctid = ANY (v_batch.places) AND o.body IS NOT NULL
                      FOR NO KEY UPDATE SKIP LOCKED));
        GET DIAGNOSTICS v_pruned = ROW_COUNT;
        v_until := v_batch.last + CASE WHEN v_pruned = 0 THEN interval '1 microsecond' ELSE interval '0' END;
        PERFORM jirasync.note_pruned_bodies(p_tenant, v_until, CASE WHEN v_pruned < v_batch.rows THEN v_batch.first END);
        IF v_pruned > 0 THEN
            RETURN v_pruned;
        END IF;
    END LOOP;
    UPDATE jirasync.prune_positions p
       SET bodies_until = p.bodies_from, bodies_from = NULL
     WHERE p.tenant = p_tenant AND p.bodies_from IS NOT NULL;

    UPDATE jirasync.deliveries d
       SET body = NULL
     WHERE d.tenant = p_tenant AND d.ctid = ANY (ARRAY(
               SELECT o.ctid
                 FROM jirasync.deliveries o
                WHERE o.tenant = p_tenant AND o.received_at < v_cutoff AND o.body IS NOT NULL
                  AND o.stored_at - o.received_at > interval '1 day'
                ORDER BY o.received_at
                LIMIT v_most
                  FOR NO KEY UPDATE SKIP LOCKED));
    GET DIAGNOSTICS v_pruned = ROW_COUNT;
    RETURN v_pruned;
END
$$;
COMMENT ON FUNCTION jirasync.prune_bodies(text) IS
    'Part of the prune job: drops up to prune_batch_rows bodies of deliveries older than prune_bodies_days; returns how many. The ledger''s rows stay';
