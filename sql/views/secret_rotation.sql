-- Which secret does a source still sign with?
CREATE OR REPLACE VIEW jirasync.secret_rotation AS
SELECT d.tenant, d.source, d.matched_secret AS secret, count(*) AS deliveries,
       min(d.received_at) AS first_used_at, max(d.received_at) AS last_used_at
FROM jirasync.deliveries d
WHERE d.matched_secret IS NOT NULL
GROUP BY d.tenant, d.source, d.matched_secret;
COMMENT ON VIEW jirasync.secret_rotation IS 'Deliveries by the reference of the secret that their signature matched: a rotation is done once the old one''s last_used_at stands still';
