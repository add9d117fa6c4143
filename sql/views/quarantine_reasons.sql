-- Why is something in quarantine?
CREATE OR REPLACE VIEW jirasync.quarantine_reasons AS
SELECT q.tenant, q.source, q.reason, count(*) AS deliveries, min(q.received_at) AS oldest_received_at,
       max(q.received_at) AS newest_received_at,
       (array_agg(q.detail ORDER BY q.received_at DESC, q.delivery_id))[1] AS example_detail,
       (array_agg(q.delivery_id ORDER BY q.received_at DESC, q.delivery_id))[1] AS example_delivery_id
FROM jirasync.quarantined_deliveries q
GROUP BY q.tenant, q.source, q.reason;
COMMENT ON VIEW jirasync.quarantine_reasons IS 'Quarantined deliveries by reason: how many, since when, and of the newest one what was wrong, in a sentence';
