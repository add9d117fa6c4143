-- Asks for one delivery to be judged anew from its kept bytes.

CREATE OR REPLACE FUNCTION jirasync.replay_delivery(source text, delivery_id text, tenant text DEFAULT 'main')
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_is_kept  boolean;
BEGIN
    SELECT bool_or(k.is_kept) INTO v_is_kept
      FROM (SELECT d.body IS NOT NULL AS is_kept
              FROM jirasync.deliveries d
             WHERE d.tenant = replay_delivery.tenant AND d.source = replay_delivery.source
               AND d.delivery_id = replay_delivery.delivery_id
            UNION ALL
            SELECT true
              FROM jirasync.quarantined_deliveries q
             WHERE q.tenant = replay_delivery.tenant AND q.source = replay_delivery.source
               AND q.delivery_id = replay_delivery.delivery_id) k;
    IF v_is_kept IS NULL THEN
        RAISE EXCEPTION 'source % of tenant % has no delivery %', replay_delivery.source, replay_delivery.tenant,
            replay_delivery.delivery_id
            USING ERRCODE = 'no_data_found', HINT = 'Neither the ledger (deliveries) nor quarantined_deliveries has it.';
    END IF;
    IF NOT v_is_kept THEN
        RAISE EXCEPTION 'delivery % of source % has no body any more: it was pruned', replay_delivery.delivery_id,
            replay_delivery.source
            USING ERRCODE = 'no_data_found';
    END IF;
    RETURN jirasync.enqueue_job('replay', replay_delivery.delivery_id, replay_delivery.source, replay_delivery.tenant);
END
$$;
COMMENT ON FUNCTION jirasync.replay_delivery(text, text, text) IS
    'Enqueues a job that judges one delivery anew from its kept bytes, in the ledger or in quarantine; returns the job''s id';
