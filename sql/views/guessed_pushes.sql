-- Of which pushes does nobody tell what their commits stand on?
CREATE OR REPLACE VIEW jirasync.guessed_pushes AS
SELECT p.tenant, p.source, p.repository, p.ref, p.delivery_id, p.change, p.received_at, p.listed, p.before, p.after, p.is_forced
FROM jirasync.pushes p
LEFT JOIN jirasync.refs r
  ON r.tenant = p.tenant AND r.source = p.source AND r.repository = p.repository AND r.ref = p.ref
WHERE p.is_whole AND NOT p.is_notice AND p.kind = 'branch' AND p.after IS NOT NULL
  AND coalesce(r.imported_at, '-infinity') <= p.received_at
  AND EXISTS (
      SELECT FROM jirasync.push_commits l
      JOIN jirasync.commits c
        ON c.tenant = l.tenant AND c.source = l.source AND c.repository = l.repository AND c.sha = l.sha AND c.parents IS NULL
      WHERE l.tenant = p.tenant AND l.source = p.source AND l.delivery_id = p.delivery_id AND l.change = p.change
        -- (one commit that goes on from the tip, and is no merge, stands on that)
        AND (p.listed > 1 OR p.is_forced OR p.before IS NULL OR c.is_merge_named));
COMMENT ON VIEW jirasync.guessed_pushes IS 'Pushes of which the host told no parents (GitHub, GitLab), until they are fetched or an import reads their ref: what each of their merges brought, and what a forced push kept, follows from subjects and from what other pushes had';
