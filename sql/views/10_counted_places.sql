-- Where commits stand on the counted branches of repositories with reverts.
CREATE OR REPLACE VIEW jirasync.counted_places AS
SELECT p.tenant, p.source, p.repository, p.sha, b.branch, p.position
FROM jirasync.commit_refs p
JOIN jirasync.counted_reach b
  ON b.tenant = p.tenant AND b.source = p.source AND b.repository = p.repository AND b.ref = p.ref
 AND p.position <= b.up_to
UNION ALL
SELECT c.tenant, c.source, c.repository, c.sha, '', 0
FROM jirasync.commits c
WHERE NOT EXISTS (
    SELECT FROM jirasync.refs r
    WHERE r.tenant = c.tenant AND r.source = c.source AND r.repository = c.repository AND r.kind = 'branch');
COMMENT ON VIEW jirasync.counted_places IS 'Each commit and each counted branch that holds it, with its position there; commits of a repository with reverts alone. While no branch of the repository is known, all stand on one without a name, in no order';
