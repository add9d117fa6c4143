-- Which repositories seem to have another name since?
CREATE OR REPLACE VIEW jirasync.moved_repositories AS
SELECT f.tenant, f.source, f.repository, f.moved_to, f.branches, l.last_received_at, f.first_received_at
FROM (SELECT r.tenant, r.source, r.repository, p.repository AS moved_to, count(DISTINCT r.ref) AS branches,
             min(p.received_at) AS first_received_at
      FROM jirasync.refs r
      JOIN jirasync.pushes p
        ON p.before = r.sha AND p.ref = r.ref AND p.tenant = r.tenant AND p.source = r.source AND p.repository <> r.repository
      WHERE r.kind = 'branch' AND r.deleted_at IS NULL
      GROUP BY r.tenant, r.source, r.repository, p.repository) f
LEFT JOIN LATERAL (
    SELECT max(p.received_at) AS last_received_at FROM jirasync.pushes p
    WHERE p.tenant = f.tenant AND p.source = f.source AND p.repository = f.repository) l ON true
WHERE l.last_received_at IS NULL OR l.last_received_at < f.first_received_at;
COMMENT ON VIEW jirasync.moved_repositories IS 'Repositories that nobody pushes to any more while pushes under another name go on from where their branches are: renamed or transferred at the host, most likely. rename_repository() moves them; a fork that is pushed to may look the same';
