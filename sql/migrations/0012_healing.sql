-- Silence that leads to a reconciliation, a token's end that is warned of, reports of reconciliations that are pruned.

ALTER TABLE jirasync.site_positions
    ADD COLUMN silent_since timestamptz,
    DROP CONSTRAINT site_positions_asked_by_is_known,
    ADD CONSTRAINT site_positions_asked_by_is_known CHECK (asked_by IN ('schedule', 'outage', 'silence', 'hand'));
COMMENT ON COLUMN jirasync.site_positions.silent_since IS 'Last webhook before a silence longer than silent_after, for which a reconciliation was asked; the webhook that ends it asks for another. NULL: the site is not silent';
COMMENT ON COLUMN jirasync.site_positions.asked_by IS 'What asked for the reconciliation that waits: schedule, outage, silence or hand';

ALTER TABLE jirasync.reconciliations
    DROP CONSTRAINT reconciliations_asked_by_is_known,
    ADD CONSTRAINT reconciliations_asked_by_is_known CHECK (asked_by IN ('schedule', 'outage', 'silence', 'hand'));
COMMENT ON COLUMN jirasync.reconciliations.asked_by IS 'schedule, outage, silence or hand';

-- A receiver says hello every five seconds: what is shorter than two of them is no outage.
UPDATE jirasync.site_settings SET reconcile_after_outage = '10 seconds' WHERE reconcile_after_outage < interval '10 seconds';
ALTER TABLE jirasync.site_settings
    DROP CONSTRAINT site_settings_outage_is_positive,
    ADD CONSTRAINT site_settings_outage_is_longer_than_hellos CHECK (reconcile_after_outage >= interval '10 seconds');

ALTER TABLE jirasync.sources ADD COLUMN token_warned_on date;
COMMENT ON COLUMN jirasync.sources.token_warned_on IS 'Day (America/Phoenix) of the last warning that the API token ends, so that all workers together warn once a day';

INSERT INTO jirasync.settings (name, value, description) VALUES
    ('prune_reconciliations_days', '90', 'Days that the report of a reconciliation is kept; the last one that came to its end and the last one of all stay for each site');

-- Where nobody has set another rate: of a page a hundred issues, 100,000 take a minute now.
UPDATE jirasync.settings SET value = '20' WHERE name = 'requests_per_second' AND value = '10';
UPDATE jirasync.settings SET value = '40' WHERE name = 'requests_burst' AND value = '20';
UPDATE jirasync.settings
   SET description = 'Time of day, America/Phoenix, at which a site is reconciled; off: not by the clock, but after outages, after silence and by hand; site_settings overrides it per site'
 WHERE name = 'reconcile_at';
UPDATE jirasync.settings
   SET description = 'How long a site may send nothing before that is shown as silence, and the site is reconciled, once then and once when the silence ends; site_settings overrides it per site'
 WHERE name = 'silent_after';
