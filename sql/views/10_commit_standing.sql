-- Definition of where commits have landed, and whether anything holds them.
CREATE OR REPLACE VIEW jirasync.commit_standing AS
SELECT p.tenant, p.source, p.repository, p.sha,
       min(p.landed_at) FILTER (WHERE p.position <= r.counted_to) AS landed_at,
       (array_agg(p.ref ORDER BY p.landed_at, r.is_default DESC, p.ref)
           FILTER (WHERE p.position <= r.counted_to AND p.landed_at IS NOT NULL))[1] AS landed_by,
       bool_or(p.position <= r.held_to) AS is_held
FROM jirasync.commit_refs p
JOIN jirasync.refs r
  ON r.tenant = p.tenant AND r.source = p.source AND r.repository = p.repository AND r.ref = p.ref
GROUP BY p.tenant, p.source, p.repository, p.sha;
COMMENT ON VIEW jirasync.commit_standing IS 'Of each commit that has a place on a branch or tag: the earliest moment at which it was on a counted branch and that branch, and whether a living branch or tag holds it';
