-- What came in lately, and what became of it?
CREATE OR REPLACE VIEW jirasync.recent_deliveries AS
SELECT d.tenant, d.source, d.delivery_id, d.event, d.issue_id, d.issue_key, d.outcome, d.received_at, d.stored_at,
       c.correlated_at, c.run_id, d.attempt, d.altered
FROM jirasync.deliveries d
LEFT JOIN LATERAL (
    SELECT r.at AS correlated_at, r.run_id
    FROM jirasync.run_items r
    WHERE r.tenant = d.tenant AND r.subject = 'issue' AND r.source = d.source AND r.repository = ''
      AND r.id = d.issue_id::text AND r.at >= d.stored_at AND d.outcome IN ('applied', 'stale')
    ORDER BY r.at LIMIT 1) c ON true
WHERE d.received_at > now() - interval '7 days'
ORDER BY d.received_at DESC;
COMMENT ON VIEW jirasync.recent_deliveries IS 'Deliveries of the last seven days, the newest first: correlated_at is when the issue was first recomputed after the delivery was stored, run_id the run that did it. Duplicates are not stored and so not here';
