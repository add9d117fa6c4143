-- Asking git hosts for what their pushes left out.

ALTER TABLE jirasync.sources ADD COLUMN has_credentials boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN jirasync.sources.has_credentials IS 'The sources file says how its REST API is asked, and as whom; a git host is then asked for the commits that its pushes leave out';

-- What a ref has dropped: few of its pushes.
CREATE INDEX pushes_that_drop ON jirasync.pushes (ref, repository, source, tenant) WHERE is_forced OR after IS NULL;

COMMENT ON COLUMN jirasync.jobs.key IS 'What it is about: for correlate_issue the issue''s id, for correlate_commit REPOSITORY@SHA, REPOSITORY#FROM-TO, REPOSITORY^REF, REPOSITORY^^REF, REPOSITORY^* or REPOSITORY!NUMBER, for fetch_commits DELIVERY_ID/CHANGE of a row of pushes';
COMMENT ON COLUMN jirasync.pushes.listed IS 'How many commits it lists, or were fetched for it';
COMMENT ON COLUMN jirasync.pushes.is_forced IS 'Commits were dropped: the host says so, or what was fetched for it shows it';
COMMENT ON COLUMN jirasync.pushes.is_whole IS 'All commits that it moved are listed, as far as can be known: by the push itself, or since they were fetched';
COMMENT ON COLUMN jirasync.site_settings.source IS 'Slug of the Jira site, or of a git host that is asked';
COMMENT ON TABLE jirasync.site_settings IS 'Settings of a Jira site, and (requests_per_second, requests_burst) of a git host that is asked: change them with UPDATE; NULL is what table settings says under the same name. register_sources makes a row for each';
