-- How far is an epic? Counts of its stories by state.
CREATE OR REPLACE VIEW jirasync.epic_coverage AS
SELECT e.tenant, e.source, e.project_key, e.issue_key, e.summary, e.issue_type, e.status, e.status_category,
       e.fix_versions, s.stories, s.with_commits, s.stories - s.with_commits AS without_commits, s.missing, s.unmerged,
       s.reverted, s.not_expected, round(100.0 * s.with_commits / nullif(s.stories, 0), 1) AS percent,
       s.first_landed_at, s.last_landed_at
FROM jirasync.issues e
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE c.state <> 'not_expected') AS stories,
           count(*) FILTER (WHERE c.state = 'covered') AS with_commits,
           count(*) FILTER (WHERE c.state = 'missing') AS missing,
           count(*) FILTER (WHERE c.state = 'unmerged') AS unmerged,
           count(*) FILTER (WHERE c.state = 'reverted') AS reverted,
           count(*) FILTER (WHERE c.state = 'not_expected') AS not_expected,
           min(c.first_landed_at) AS first_landed_at, max(c.last_landed_at) AS last_landed_at
    -- What is between an epic and its stories, as between an initiative and the stories of its epics, is not counted.
    FROM jirasync.issues_below(e.tenant, e.source, e.issue_id) b
    CROSS JOIN LATERAL (
        SELECT n.state, n.first_landed_at, n.last_landed_at FROM jirasync.issue_coverage n
        WHERE n.tenant = e.tenant AND n.source = e.source AND n.issue_id = b.issue_id
        OFFSET 0) c) s
WHERE e.hierarchy_level > 0 AND e.deleted_at IS NULL AND NOT e.is_stub;
COMMENT ON VIEW jirasync.epic_coverage IS 'Each epic, and what stands above epics: its stories by state (their sub-tasks are judged through them); stories leaves out what is not expected to have commits, percent is with_commits of stories (NULL for none)';
