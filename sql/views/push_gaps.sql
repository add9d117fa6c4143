-- What have pushes left out that no import has read since?
CREATE OR REPLACE VIEW jirasync.push_gaps AS
SELECT p.tenant, p.source, p.repository, p.ref, p.delivery_id, p.received_at, p.listed, p.total, p.before, p.after,
       CASE WHEN p.is_notice THEN 'notice without a push' WHEN p.listed = 0 THEN 'no commits listed'
            ELSE 'truncated' END AS reason, p.change
FROM jirasync.pushes p
LEFT JOIN jirasync.refs r
  ON r.tenant = p.tenant AND r.source = p.source AND r.repository = p.repository AND r.ref = p.ref
LEFT JOIN jirasync.commits c
  ON c.tenant = p.tenant AND c.source = p.source AND c.repository = p.repository AND c.sha = coalesce(p.peeled, p.after)
WHERE CASE WHEN p.is_notice
           -- A push says the same and more: of each making or deletion of a ref one of the two is enough.
           THEN (SELECT count(*) FILTER (WHERE o.is_notice AND (o.received_at, o.delivery_id) <= (p.received_at, p.delivery_id))
                        > count(*) FILTER (WHERE NOT o.is_notice AND (o.before IS NULL OR o.after IS NULL))
                 FROM jirasync.pushes o
                 WHERE o.tenant = p.tenant AND o.source = p.source AND o.repository = p.repository AND o.ref = p.ref
                   AND o.kind = p.kind AND (o.after IS NULL) = (p.after IS NULL))
           ELSE NOT p.is_whole AND p.after IS NOT NULL END
  AND c.is_from_history IS NOT TRUE
  AND coalesce(r.imported_at, '-infinity') <= p.received_at
  AND NOT ((r.ref IS NULL OR r.deleted_at IS NOT NULL)
           AND EXISTS (SELECT FROM jirasync.refs o
                       WHERE o.tenant = p.tenant AND o.source = p.source AND o.repository = p.repository
                         AND o.imported_at > p.received_at))
UNION ALL
SELECT r.tenant, r.source, r.repository, r.ref, p.delivery_id, p.received_at, p.listed, p.total, p.before, p.after,
       'chain broken', p.change
FROM jirasync.refs r
LEFT JOIN LATERAL (
    SELECT * FROM jirasync.pushes n
    WHERE n.tenant = r.tenant AND n.source = r.source AND n.repository = r.repository AND n.ref = r.ref
    ORDER BY n.received_at DESC, n.delivery_id DESC LIMIT 1) p ON true
WHERE r.uncertain AND r.deleted_at IS NULL
UNION ALL
SELECT r.tenant, r.source, r.repository, r.ref, p.delivery_id, p.received_at, p.listed, p.total, p.before, p.after,
       CASE r.kind WHEN 'tag' THEN 'tag of an unknown commit' ELSE 'unknown commit' END, p.change
FROM jirasync.refs r
CROSS JOIN LATERAL (
    SELECT * FROM jirasync.pushes n
    WHERE n.tenant = r.tenant AND n.source = r.source AND n.repository = r.repository AND n.kind = r.kind AND NOT n.is_notice
      AND n.ref IN (r.ref, CASE r.kind WHEN 'tag' THEN regexp_replace(r.ref, '^tags/', '') END)
    ORDER BY n.received_at DESC, n.delivery_id DESC LIMIT 1) p
-- (put there, and cut from nothing that is known)
WHERE r.base_sha = r.sha AND r.parent_ref IS NULL
  AND r.deleted_at IS NULL AND NOT r.uncertain AND p.is_whole AND p.received_at > coalesce(r.imported_at, '-infinity')
  AND NOT EXISTS (
      SELECT FROM jirasync.commits c
      WHERE c.tenant = r.tenant AND c.source = r.source AND c.repository = r.repository AND c.sha = r.sha);
COMMENT ON VIEW jirasync.push_gaps IS 'Pushes that told less than they moved, until they are fetched, or an import reads their ref or their newest commit: truncated, no commits listed, notice without a push (only the making or deletion of a ref came); refs whose pushes do not join up (chain broken), and that are at a commit of which nobody has told (unknown commit, tag of an unknown commit: also the own hash of an annotated tag), with the newest of their pushes';
