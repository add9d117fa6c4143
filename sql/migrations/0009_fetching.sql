-- Asking Jira: how often, when not, what for, and what was found.

-- store_issues takes an answer of Jira's for what it is; it is made anew from its file, with another list of columns.
ALTER TABLE jirasync.issues ADD COLUMN seen_alive_at timestamptz;
COMMENT ON COLUMN jirasync.issues.seen_alive_at IS 'Latest instant at which an answer of Jira''s REST API showed the issue alive: a delete that is no later does not bury it. NULL: none has';

INSERT INTO jirasync.settings (name, value, description) VALUES
    ('requests_per_second', '10', 'Requests a second that a site gets from all workers together; site_settings overrides it per site'),
    ('requests_burst', '20', 'Requests that may go at once to a site that was left alone; site_settings overrides it per site'),
    ('slow_share', '0.25', 'Share of requests_per_second that goes on while a site says that its limit is near'),
    ('slow_s', '60', 'Seconds that a site goes slow after it said so without saying until when'),
    ('pause_base_ms', '2000', 'First pause of a site that refused a request (429, 5xx, no answer) without saying how long, in milliseconds; doubles with each refusal, full jitter'),
    ('pause_cap_ms', '30000', 'Longest pause of that kind, in milliseconds'),
    ('pause_most_s', '7200', 'Longest pause in seconds that a site is obeyed in: what asks for more is asked again then'),
    ('circuit_probe_s', '60', 'Seconds between two requests to a site whose circuit is open'),
    ('second_look_s', '60', 'Seconds between the two looks that must both miss an issue before it counts as deleted'),
    ('fetch_batch', '100', 'Issues that one request asks for'),
    ('reconcile_at', '03:15', 'Time of day, America/Phoenix, at which a site is reconciled; off: only by hand; site_settings overrides it per site'),
    ('reconcile_overlap', '15 minutes', 'How far before the last reconciliation the next one begins to look for changes; site_settings overrides it per site'),
    ('reconcile_after_outage', '10 minutes', 'Outage of the receiver after which a site is reconciled as soon as it is back; site_settings overrides it per site'),
    ('gone_percent', '10', 'Percent of a site''s issues that one reconciliation may take for deleted; more (and more than gone_least) ends it: more likely its user may not see them any more'),
    ('gone_least', '20', 'Issues that one reconciliation may take for deleted whatever gone_percent says'),
    ('silent_after', '24 hours', 'How long a site may send nothing before that is shown as silence; site_settings overrides it per site'),
    ('token_warning_days', '14', 'Days before the end of an API token (api_token_expires) from which on that is shown');

CREATE TABLE jirasync.site_settings (
    tenant                  text NOT NULL,
    source                  text NOT NULL,
    requests_per_second     numeric,
    requests_burst          integer,
    reconcile_at            text,
    reconcile_overlap       interval,
    reconcile_after_outage  interval,
    silent_after            interval,
    PRIMARY KEY (tenant, source),
    CONSTRAINT site_settings_rate_is_positive CHECK (requests_per_second > 0),
    CONSTRAINT site_settings_burst_is_positive CHECK (requests_burst > 0),
    CONSTRAINT site_settings_reconcile_at_is_a_time CHECK (reconcile_at ~ '^(off|([01][0-9]|2[0-3]):[0-5][0-9])$'),
    CONSTRAINT site_settings_overlap_is_not_negative CHECK (reconcile_overlap >= interval '0'),
    CONSTRAINT site_settings_outage_is_positive CHECK (reconcile_after_outage > interval '0'),
    CONSTRAINT site_settings_silence_is_positive CHECK (silent_after > interval '0')
);
COMMENT ON TABLE jirasync.site_settings IS 'Settings of a Jira site: change them with UPDATE; NULL is what table settings says under the same name. register_sources makes a row for each site';
COMMENT ON COLUMN jirasync.site_settings.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.site_settings.source IS 'Slug of the Jira site';
COMMENT ON COLUMN jirasync.site_settings.requests_per_second IS 'Requests a second from all workers together';
COMMENT ON COLUMN jirasync.site_settings.requests_burst IS 'Requests that may go at once after a rest';
COMMENT ON COLUMN jirasync.site_settings.reconcile_at IS 'Time of day (HH:MM, America/Phoenix) of the nightly reconciliation, or off';
COMMENT ON COLUMN jirasync.site_settings.reconcile_overlap IS 'How far before the last reconciliation the next one begins to look for changes';
COMMENT ON COLUMN jirasync.site_settings.reconcile_after_outage IS 'Outage of the receiver after which the site is reconciled';
COMMENT ON COLUMN jirasync.site_settings.silent_after IS 'How long the site may send nothing: its habit';

-- One row a site, locked for the length of one short statement: see take_requests.
CREATE TABLE jirasync.site_budgets (
    tenant             text NOT NULL,
    source             text NOT NULL,
    tokens             double precision NOT NULL,
    filled_at          timestamptz NOT NULL,
    told_rate          double precision,
    told_burst         integer,
    slow_until         timestamptz,
    paused_until       timestamptz,
    paused_why         text,
    refusals           integer NOT NULL DEFAULT 0,
    circuit            text NOT NULL DEFAULT 'closed',
    circuit_opened_at  timestamptz,
    circuit_status     integer,
    probe_at           timestamptz,
    last_status        integer,
    last_answer_at     timestamptz,
    taken              bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, source),
    CONSTRAINT site_budgets_circuit_is_known CHECK (circuit IN ('closed', 'open')),
    CONSTRAINT site_budgets_open_since CHECK ((circuit = 'open') = (circuit_opened_at IS NOT NULL AND probe_at IS NOT NULL))
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
COMMENT ON TABLE jirasync.site_budgets IS 'The token bucket and the circuit of each site that is asked, shared by all workers; take_requests and note_response write it';
COMMENT ON COLUMN jirasync.site_budgets.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.site_budgets.source IS 'Slug of the site';
COMMENT ON COLUMN jirasync.site_budgets.tokens IS 'Requests that could go at once at filled_at';
COMMENT ON COLUMN jirasync.site_budgets.filled_at IS 'When tokens was computed';
COMMENT ON COLUMN jirasync.site_budgets.told_rate IS 'Requests a second that the site itself grants (X-RateLimit-FillRate by X-RateLimit-Interval-Seconds); NULL: it has not said';
COMMENT ON COLUMN jirasync.site_budgets.told_burst IS 'Requests at once that the site itself grants (X-RateLimit-Limit beside a fill rate); NULL: it has not said';
COMMENT ON COLUMN jirasync.site_budgets.slow_until IS 'Until then requests go at slow_share of the rate: the site said that its limit is near';
COMMENT ON COLUMN jirasync.site_budgets.paused_until IS 'No request goes before';
COMMENT ON COLUMN jirasync.site_budgets.paused_why IS 'Status and what asked for the pause';
COMMENT ON COLUMN jirasync.site_budgets.refusals IS 'Refusals in a row: 429, 5xx and requests without an answer';
COMMENT ON COLUMN jirasync.site_budgets.circuit IS 'closed, or open: 401 or 403 came, and one request a circuit_probe_s goes until a good answer comes';
COMMENT ON COLUMN jirasync.site_budgets.circuit_opened_at IS 'Since when it is open';
COMMENT ON COLUMN jirasync.site_budgets.circuit_status IS 'Status that opened it';
COMMENT ON COLUMN jirasync.site_budgets.probe_at IS 'When the next request may go while it is open';
COMMENT ON COLUMN jirasync.site_budgets.last_status IS 'Status of the last answer; 0: none came';
COMMENT ON COLUMN jirasync.site_budgets.last_answer_at IS 'When that was';
COMMENT ON COLUMN jirasync.site_budgets.taken IS 'Requests granted so far';

CREATE TABLE jirasync.endpoint_pauses (
    tenant        text NOT NULL,
    source        text NOT NULL,
    endpoint      text NOT NULL,
    paused_until  timestamptz NOT NULL,
    paused_why    text NOT NULL,
    PRIMARY KEY (tenant, source, endpoint)
);
COMMENT ON TABLE jirasync.endpoint_pauses IS 'Endpoints of sites that are to be left alone for a while: limits of bursts hold for one endpoint each';
COMMENT ON COLUMN jirasync.endpoint_pauses.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.endpoint_pauses.source IS 'Slug of the site';
COMMENT ON COLUMN jirasync.endpoint_pauses.endpoint IS 'Endpoint, as the client names it';
COMMENT ON COLUMN jirasync.endpoint_pauses.paused_until IS 'No request to it goes before';
COMMENT ON COLUMN jirasync.endpoint_pauses.paused_why IS 'Status and what asked for the pause';

CREATE TABLE jirasync.oauth_tokens (
    tenant             text NOT NULL,
    source             text NOT NULL,
    access_token       text,
    access_expires_at  timestamptz,
    refresh_token      text NOT NULL,
    refreshed_at       timestamptz NOT NULL DEFAULT now(),
    generation         bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, source)
);
COMMENT ON TABLE jirasync.oauth_tokens IS 'OAuth 2.0 tokens of sites: a refresh token dies with its use, so the one that came for it is kept here. Only jirasync_worker reads it';
COMMENT ON COLUMN jirasync.oauth_tokens.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.oauth_tokens.source IS 'Slug of the site';
COMMENT ON COLUMN jirasync.oauth_tokens.access_token IS 'Access token; NULL until the first refresh';
COMMENT ON COLUMN jirasync.oauth_tokens.access_expires_at IS 'When that ends';
COMMENT ON COLUMN jirasync.oauth_tokens.refresh_token IS 'Refresh token for the next refresh';
COMMENT ON COLUMN jirasync.oauth_tokens.refreshed_at IS 'When the tokens came';
COMMENT ON COLUMN jirasync.oauth_tokens.generation IS 'Refreshes so far: whoever was refused a token refreshes only if it is still the same one';

CREATE TABLE jirasync.site_positions (
    tenant            text NOT NULL,
    source            text NOT NULL,
    changed_until     timestamptz,
    scheduled_at      timestamptz NOT NULL DEFAULT now(),
    asked_by          text,
    receiver_seen_at  timestamptz,
    outage_from       timestamptz,
    outage_until      timestamptz,
    PRIMARY KEY (tenant, source),
    CONSTRAINT site_positions_asked_by_is_known CHECK (asked_by IN ('schedule', 'outage', 'hand'))
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
COMMENT ON TABLE jirasync.site_positions IS 'Up to where each Jira site is proven to be mirrored, and when its receiver was last there';
COMMENT ON COLUMN jirasync.site_positions.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.site_positions.source IS 'Slug of the Jira site';
COMMENT ON COLUMN jirasync.site_positions.changed_until IS 'Watermark: the beginning of the last reconciliation that came to its end; NULL before the first';
COMMENT ON COLUMN jirasync.site_positions.scheduled_at IS 'When the clock last asked for a reconciliation';
COMMENT ON COLUMN jirasync.site_positions.asked_by IS 'What asked for the reconciliation that waits: schedule, outage or hand';
COMMENT ON COLUMN jirasync.site_positions.receiver_seen_at IS 'When a receiver of this source last said hello (each does every few seconds)';
COMMENT ON COLUMN jirasync.site_positions.outage_from IS 'Beginning of the last outage of the receiver that was longer than reconcile_after_outage';
COMMENT ON COLUMN jirasync.site_positions.outage_until IS 'Its end';

CREATE TABLE jirasync.reconciliations (
    tenant         text NOT NULL,
    id             bigint GENERATED ALWAYS AS IDENTITY,
    source         text NOT NULL,
    state          text NOT NULL DEFAULT 'running',
    asked_by       text NOT NULL,
    started_at     timestamptz NOT NULL,
    finished_at    timestamptz,
    changed_since  timestamptz,
    compared       bigint NOT NULL DEFAULT 0,
    missing_found  bigint NOT NULL DEFAULT 0,
    changed_found  bigint NOT NULL DEFAULT 0,
    deletes_found  bigint NOT NULL DEFAULT 0,
    moved_found    bigint NOT NULL DEFAULT 0,
    requests       bigint NOT NULL DEFAULT 0,
    problem        text,
    PRIMARY KEY (tenant, id),
    CONSTRAINT reconciliations_state_is_known CHECK (state IN ('running', 'finished', 'failed')),
    CONSTRAINT reconciliations_asked_by_is_known CHECK (asked_by IN ('schedule', 'outage', 'hand')),
    CONSTRAINT reconciliations_ended CHECK ((state = 'running') = (finished_at IS NULL))
);
CREATE INDEX reconciliations_by_source ON jirasync.reconciliations (tenant, source, started_at);
COMMENT ON TABLE jirasync.reconciliations IS 'What each comparison of a site with its mirror found';
COMMENT ON COLUMN jirasync.reconciliations.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.reconciliations.id IS 'Number of the reconciliation';
COMMENT ON COLUMN jirasync.reconciliations.source IS 'Slug of the Jira site';
COMMENT ON COLUMN jirasync.reconciliations.state IS 'running, finished, or failed (problem says why; the next one begins anew)';
COMMENT ON COLUMN jirasync.reconciliations.asked_by IS 'schedule, outage or hand';
COMMENT ON COLUMN jirasync.reconciliations.started_at IS 'When it began: the next watermark';
COMMENT ON COLUMN jirasync.reconciliations.finished_at IS 'When it ended';
COMMENT ON COLUMN jirasync.reconciliations.changed_since IS 'Changes since then were asked for: the watermark less the overlap; NULL: all there is was compared';
COMMENT ON COLUMN jirasync.reconciliations.compared IS 'Issues that Jira listed';
COMMENT ON COLUMN jirasync.reconciliations.missing_found IS 'Listed issues that the mirror had not, or only as a stub or tombstone';
COMMENT ON COLUMN jirasync.reconciliations.changed_found IS 'Listed issues that Jira had changed after what the mirror shows';
COMMENT ON COLUMN jirasync.reconciliations.deletes_found IS 'Issues of the mirror that are gone in Jira, and got their tombstone';
COMMENT ON COLUMN jirasync.reconciliations.moved_found IS 'Listed issues that bear another key than in the mirror';
COMMENT ON COLUMN jirasync.reconciliations.requests IS 'Requests that it took';
COMMENT ON COLUMN jirasync.reconciliations.problem IS 'Why it failed';

-- What a running reconciliation was told; gone with it, so a crash may empty it.
CREATE UNLOGGED TABLE jirasync.listed_issues (
    tenant             text NOT NULL,
    reconciliation_id  bigint NOT NULL,
    issue_id           bigint NOT NULL,
    issue_key          text NOT NULL,
    updated_at         timestamptz,
    PRIMARY KEY (tenant, reconciliation_id, issue_id)
);
COMMENT ON TABLE jirasync.listed_issues IS 'Issues that Jira listed to a running reconciliation';
COMMENT ON COLUMN jirasync.listed_issues.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.listed_issues.reconciliation_id IS 'The reconciliation';
COMMENT ON COLUMN jirasync.listed_issues.issue_id IS 'Numeric id of the issue';
COMMENT ON COLUMN jirasync.listed_issues.issue_key IS 'Its key in Jira';
COMMENT ON COLUMN jirasync.listed_issues.updated_at IS 'When it was last changed in Jira';

CREATE TABLE jirasync.absent_issues (
    tenant      text NOT NULL,
    source      text NOT NULL,
    issue_id    bigint NOT NULL,
    first_at    timestamptz NOT NULL,
    PRIMARY KEY (tenant, source, issue_id)
);
COMMENT ON TABLE jirasync.absent_issues IS 'Issues that Jira did not have at a first look; a second one buries them, an answer that shows them takes them off';
COMMENT ON COLUMN jirasync.absent_issues.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.absent_issues.source IS 'Slug of the Jira site';
COMMENT ON COLUMN jirasync.absent_issues.issue_id IS 'Numeric id of the issue';
COMMENT ON COLUMN jirasync.absent_issues.first_at IS 'When the first look missed it';

-- Sites that are registered already.
INSERT INTO jirasync.site_settings (tenant, source)
SELECT s.tenant, s.source FROM jirasync.sources s WHERE s.kind = 'jira';
INSERT INTO jirasync.site_positions (tenant, source)
SELECT s.tenant, s.source FROM jirasync.sources s WHERE s.kind = 'jira';
