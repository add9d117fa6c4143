-- What else changes the coverage of a story, so that runs keep it: links that went, parents that were left, waivers that ended.

ALTER TABLE jirasync.run_items
    DROP CONSTRAINT run_items_subject_is_known,
    ADD CONSTRAINT run_items_subject_is_known CHECK (subject IN ('issue', 'commit', 'link'));
COMMENT ON COLUMN jirasync.run_items.subject IS 'issue, commit, or link: an issue that lost a link, or got one by its key alone';
COMMENT ON COLUMN jirasync.run_items.repository IS 'Repository of a commit; else empty';

COMMENT ON COLUMN jirasync.jobs.is_quiet IS 'Only what changes nothing that the correlation of the issue depends on asked for it (an event that repeats key, project, parent and fix versions, a sub-task that left it, a waiver that ended), so that correlate() need not go through the issue; see store_issues';

ALTER TABLE jirasync.issue_waivers ADD COLUMN followed_end timestamptz;
COMMENT ON COLUMN jirasync.issue_waivers.followed_end IS 'The expires_at that passed and that end_waivers asked a run to follow';
