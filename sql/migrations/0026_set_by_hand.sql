-- What is set by hand is judged by at once, but no run follows it.

COMMENT ON TABLE jirasync.coverage_rules IS 'What is judged for coverage; tenant * is every tenant, an empty source or project every one. An INSERT, UPDATE or DELETE by hand enqueues nothing: views go by it at once, history and report --since after recompute_issue(key) of what it concerns';
COMMENT ON TABLE jirasync.issue_waivers IS 'Issues that need no commit, by a person''s word: waive_issue() and unwaive_issue() write them. An INSERT, UPDATE or DELETE by hand enqueues nothing: views go by it at once, history and report --since after recompute_issue(key)';
