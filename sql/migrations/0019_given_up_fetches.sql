-- Git hosts are asked again each night for what failed too often.

INSERT INTO jirasync.site_positions (tenant, source)
SELECT s.tenant, s.source FROM jirasync.sources s WHERE s.has_credentials ORDER BY 1, 2
ON CONFLICT DO NOTHING;
COMMENT ON TABLE jirasync.site_positions IS 'Up to where each Jira site is proven to be mirrored, and when its receiver was last there; of a git host that is asked, when the clock last did';
COMMENT ON COLUMN jirasync.site_positions.source IS 'Slug of the source';
COMMENT ON COLUMN jirasync.site_positions.scheduled_at IS 'When the clock last asked for a reconciliation, of a git host for what was given up';
COMMENT ON COLUMN jirasync.site_settings.reconcile_at IS 'Time of day (HH:MM, America/Phoenix) of the nightly reconciliation, of a git host for what was given up, or off';
