-- Where the members of a replay are kept: in the ledger, or in quarantine under an id that another body may have taken.

CREATE OR REPLACE FUNCTION jirasync.begin_replay(
    p_tenant text[], p_source text[], p_delivery_id text[], p_body_sha256 bytea[], p_reason text[], p_is_replay boolean[],
    p_received_at timestamptz[], OUT ids text[], OUT known boolean[], OUT received_at timestamptz[])
LANGUAGE plpgsql
AS $$
BEGIN
    SELECT array_agg(CASE WHEN m.is_replay AND m.reason IS NULL AND d.body_sha256 <> m.body_sha256
                          THEN 'sha256:' || encode(m.body_sha256, 'hex') ELSE m.delivery_id END ORDER BY m.place),
           array_agg(m.is_replay AND coalesce(d.body_sha256 = m.body_sha256, false) ORDER BY m.place),
           -- What came again, and is in quarantine still, was received when the ledger has it.
           array_agg(CASE WHEN m.is_replay AND d.body_sha256 = m.body_sha256 THEN d.received_at ELSE m.received_at END
                     ORDER BY m.place)
      INTO ids, known, received_at
      FROM unnest(p_tenant, p_source, p_delivery_id, p_body_sha256, p_reason, p_is_replay, p_received_at) WITH ORDINALITY
           AS m (tenant, source, delivery_id, body_sha256, reason, is_replay, received_at, place)
      LEFT JOIN LATERAL (
           SELECT * FROM jirasync.deliveries n
            WHERE n.tenant = m.tenant AND n.source = m.source AND n.delivery_id = m.delivery_id
           OFFSET 0) d ON true;
END
$$;
COMMENT ON FUNCTION jirasync.begin_replay IS
    'Part of store_deliveries: by position, whether a replayed delivery is in the ledger, the id it is stored under (one made of its body where another body bears its id), and when it was received';
