-- What a replay leaves behind: the ledger's row as it is understood today, and the quarantine without what was healed.

CREATE OR REPLACE FUNCTION jirasync.end_replay(
    p_outcome text[], p_known boolean[], p_tenant text[], p_source text[], p_delivery_id text[], p_body_sha256 bytea[],
    p_event text[], p_issue_id bigint[], p_issue_key text[], p_altered integer[], p_reason text[], p_detail text[],
    p_sqlstate text[], p_is_replay boolean[], p_entity_place integer[],
    p_git text[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    -- The snapshot may come back at another instant, or not at all.
    DELETE FROM jirasync.issue_snapshots s
     USING unnest(p_outcome, p_known, p_tenant, p_source, p_delivery_id)
           AS m (outcome, known, tenant, source, delivery_id)
      JOIN jirasync.deliveries d ON d.tenant = m.tenant AND d.source = m.source AND d.delivery_id = m.delivery_id
     WHERE m.known AND m.outcome = 'fresh'
       AND s.tenant = d.tenant AND s.source = d.source AND s.issue_id = d.issue_id AND s.delivery_id = d.delivery_id;
    UPDATE jirasync.deliveries d
       SET event = m.event, issue_id = m.issue_id, issue_key = m.issue_key, altered = m.altered,
           outcome = CASE WHEN m.issue_id IS NULL AND m.place <> ALL (p_entity_place) AND p_git[m.place] IS NULL
                          THEN 'ignored' ELSE 'applied' END
      FROM unnest(p_outcome, p_known, p_tenant, p_source, p_delivery_id, p_event, p_issue_id, p_issue_key, p_altered)
           WITH ORDINALITY AS m (outcome, known, tenant, source, delivery_id, event, issue_id, issue_key, altered, place)
     WHERE m.known AND m.outcome = 'fresh'
       AND d.tenant = m.tenant AND d.source = m.source AND d.delivery_id = m.delivery_id;
    DELETE FROM jirasync.quarantined_deliveries q
     USING unnest(p_outcome, p_is_replay, p_tenant, p_source, p_delivery_id, p_body_sha256)
           AS m (outcome, is_replay, tenant, source, delivery_id, body_sha256)
     WHERE m.is_replay AND m.outcome IN ('fresh', 'duplicate')
       AND q.tenant = m.tenant AND q.source = m.source AND q.delivery_id = m.delivery_id
       AND q.body_sha256 = m.body_sha256;
    UPDATE jirasync.quarantined_deliveries q
       SET reason = m.reason, detail = m.detail, sqlstate = m.sqlstate
      FROM unnest(p_is_replay, p_tenant, p_source, p_delivery_id, p_body_sha256, p_reason, p_detail, p_sqlstate)
           AS m (is_replay, tenant, source, delivery_id, body_sha256, reason, detail, sqlstate)
     WHERE m.is_replay AND m.reason IS NOT NULL
       AND q.tenant = m.tenant AND q.source = m.source AND q.delivery_id = m.delivery_id
       AND q.body_sha256 = m.body_sha256
       AND (q.reason, q.detail, q.sqlstate) IS DISTINCT FROM (m.reason, m.detail, m.sqlstate);
END
$$;
COMMENT ON FUNCTION jirasync.end_replay IS
    'Part of store_deliveries: rewrites the ledger rows of a replay, takes what was understood out of quarantine, and says anew why the rest stays there';
