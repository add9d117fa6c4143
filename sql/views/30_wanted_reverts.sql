-- Definition of which revert takes back which commit on which counted branch, as long as it is not taken back itself.
CREATE OR REPLACE VIEW jirasync.wanted_reverts AS
SELECT s.tenant, s.source, s.repository, s.sha, s.target, s.branch
FROM jirasync.revert_standing s
WHERE s.is_held AND s.has_stood
UNION ALL
SELECT t.tenant, t.source, t.repository, t.sha, t.target, ''
FROM jirasync.wanted_revert_targets t
WHERE NOT EXISTS (
    SELECT FROM jirasync.refs r
    WHERE r.tenant = t.tenant AND r.source = t.source AND r.repository = t.repository AND r.kind = 'branch');
COMMENT ON VIEW jirasync.wanted_reverts IS 'Each revert, each commit it takes back, and each counted branch where it does: both are on it, the commit did not land after the revert, and all counted branches with the revert have it. While no branch of the repository is known, that is one without a name';
