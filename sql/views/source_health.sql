-- Does each source still talk to us?
CREATE OR REPLACE VIEW jirasync.source_health AS
SELECT s.tenant, s.source, s.kind, d.last_delivery_at, now() - d.last_delivery_at AS silent_for,
       NULL::timestamptz AS last_reconcile_at, NULL::bigint AS missing_found, s.api_token_expires
FROM jirasync.sources s
LEFT JOIN LATERAL (
    -- Ordered by source too, so that only the index by source can serve it: that by time would be walked for a source
    -- that is silent.
    SELECT l.source, l.received_at AS last_delivery_at FROM jirasync.deliveries l
    WHERE l.tenant = s.tenant AND (l.source, l.received_at) <= (s.source, timestamptz 'infinity')
    ORDER BY l.source DESC, l.received_at DESC LIMIT 1) d ON d.source = s.source;
COMMENT ON VIEW jirasync.source_health IS 'Each source: when it last sent something, how long it has been silent, and when its API token lapses. last_reconcile_at and missing_found are NULL until it is reconciled';
