-- What is sent that nothing is made of?
CREATE OR REPLACE VIEW jirasync.ignored_events AS
SELECT e.tenant, e.source, e.event, e.deliveries, e.first_received_at, e.last_received_at,
       (SELECT d.delivery_id
        FROM jirasync.deliveries d
        WHERE d.tenant = e.tenant AND d.source = e.source AND d.event = e.event AND d.outcome = 'ignored'
          AND d.received_at = e.last_received_at
        LIMIT 1) AS example_delivery_id
FROM (SELECT d.tenant, d.source, d.event, count(*) AS deliveries, min(d.received_at) AS first_received_at,
             max(d.received_at) AS last_received_at
      FROM jirasync.deliveries d
      WHERE d.outcome = 'ignored'
      GROUP BY d.tenant, d.source, d.event) e;
COMMENT ON VIEW jirasync.ignored_events IS 'Events that were kept in the ledger and told of nothing that the mirror holds, by name: how many, since when, and the newest as an example';
