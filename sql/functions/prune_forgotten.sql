-- Removes what came of forgotten issues since they were forgotten: one batch.

CREATE OR REPLACE FUNCTION jirasync.prune_forgotten(p_tenant text DEFAULT 'main')
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_most     bigint := jirasync.setting_number('prune_batch_rows');
    v_sources  text[];
    v_ids      bigint[];
    v_pruned   bigint;
BEGIN
    SELECT array_agg(i.source), array_agg(i.issue_id) INTO v_sources, v_ids
      FROM jirasync.issues i
     WHERE i.tenant = p_tenant AND i.forgotten_at IS NOT NULL;
    IF v_ids IS NULL THEN
        RETURN 0;
    END IF;
    -- A few days, in case a night was left out. Of late comments the ledger may not know the issue: their rows do.
    UPDATE jirasync.deliveries d
       SET body = NULL
     WHERE d.tenant = p_tenant AND d.ctid = ANY (ARRAY(
               SELECT o.ctid
                 FROM jirasync.deliveries o
                WHERE o.tenant = p_tenant AND o.received_at > now() - interval '72 hours' AND o.body IS NOT NULL
                  AND ((o.source, o.issue_id) IN (SELECT * FROM unnest(v_sources, v_ids))
                       OR o.issue_id IS NULL AND (o.source, o.delivery_id) IN (
                              SELECT c.source, c.delivery_id
                                FROM unnest(v_sources, v_ids) u (source, issue_id)
                               CROSS JOIN LATERAL jirasync.children_deliveries(p_tenant, u.source, u.issue_id) c))
                LIMIT v_most
                  FOR NO KEY UPDATE SKIP LOCKED));
    GET DIAGNOSTICS v_pruned = ROW_COUNT;
    IF v_pruned < v_most THEN
        v_pruned := v_pruned + jirasync.blank_children(p_tenant, v_sources, v_ids, NULL, v_most - v_pruned);
    END IF;
    -- A run that was closed while its issue was being forgotten still told of it.
    IF v_pruned < v_most THEN
        v_pruned := v_pruned + (
            SELECT coalesce(sum(jirasync.forget_summaries(
                       p_tenant, i.source,
                       ARRAY(SELECT k.issue_key FROM jirasync.issue_keys k
                              WHERE k.tenant = p_tenant AND k.source = i.source AND k.issue_id = i.issue_id),
                       i.forgotten_at - interval '1 hour')), 0)
              FROM jirasync.issues i
             WHERE i.tenant = p_tenant AND i.forgotten_at > now() - interval '72 hours');
    END IF;
    RETURN v_pruned;
END
$$;
COMMENT ON FUNCTION jirasync.prune_forgotten(text) IS
    'Part of the prune job: removes the bodies of deliveries of the last days that tell of forgotten issues, and the content of comments and the like that came late, and summaries in documents of runs that were closed meanwhile; up to prune_batch_rows rows, returns how many';
