-- Definition of which revert takes back which commit on which counted branch, as long as it is not taken back itself.
CREATE OR REPLACE VIEW jirasync.wanted_reverts AS
SELECT t.tenant, t.source, t.repository, t.sha, t.target, held.branch
FROM jirasync.wanted_revert_targets t
-- OFFSET 0 keeps each look-up whole, so that it goes by index from its commit or its branch
CROSS JOIN LATERAL (
    SELECT p.ref, p.position FROM jirasync.commit_refs p
    WHERE p.tenant = t.tenant AND p.source = t.source AND p.repository = t.repository AND p.sha = t.sha
    OFFSET 0) own
CROSS JOIN LATERAL (
    SELECT p.ref, p.position FROM jirasync.commit_refs p
    WHERE p.tenant = t.tenant AND p.source = t.source AND p.repository = t.repository AND p.sha = t.target
      AND p.position <= own.position
    OFFSET 0) earlier
CROSS JOIN LATERAL (
    SELECT b.branch FROM jirasync.counted_reach b
    WHERE b.tenant = t.tenant AND b.source = t.source AND b.repository = t.repository AND b.ref = own.ref
      AND b.up_to >= own.position
    OFFSET 0) holds
CROSS JOIN LATERAL (
    SELECT b.branch FROM jirasync.counted_reach b
    WHERE b.tenant = t.tenant AND b.source = t.source AND b.repository = t.repository AND b.ref = earlier.ref
      AND b.branch = holds.branch AND b.up_to >= earlier.position
    OFFSET 0) held
UNION ALL
SELECT t.tenant, t.source, t.repository, t.sha, t.target, ''
FROM jirasync.wanted_revert_targets t
WHERE NOT EXISTS (
    SELECT FROM jirasync.refs r
    WHERE r.tenant = t.tenant AND r.source = t.source AND r.repository = t.repository AND r.kind = 'branch');
COMMENT ON VIEW jirasync.wanted_reverts IS 'Each revert, each commit it takes back, and each counted branch where it does: both are on it, and the commit did not land after the revert. While no branch of the repository is known, that is one without a name';
