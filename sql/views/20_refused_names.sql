-- Branches and pull requests whose names have what looks like a key and is not taken, with the commit at hand of each.
CREATE OR REPLACE VIEW jirasync.refused_names AS
SELECT n.tenant, n.source, n.repository, n.subject, n.name, n.candidate, n.reason, n.sha, n.seen_at
FROM (SELECT b.tenant, b.source, b.repository, 'branch' AS subject, b.ref AS name,
             substr(b.word, strpos(b.word, ':') + 1) AS candidate, split_part(b.word, ':', 1) AS reason,
             c.sha, coalesce(c.committed_at, b.seen_at) AS seen_at
      FROM (SELECT w.tenant, w.source, w.repository, w.ref, w.word, max(w.seen_at) AS seen_at
            FROM (SELECT p.tenant, p.source, p.repository, p.ref, u.word, p.received_at AS seen_at
                  FROM jirasync.pushes p CROSS JOIN LATERAL unnest(p.branch_refused) u (word)
                  WHERE p.kind = 'branch' AND p.branch_refused IS NOT NULL
                  UNION ALL
                  SELECT p.tenant, p.source, p.repository, p.ref, 'unknown_project:' || u.key, p.received_at
                  FROM jirasync.pushes p CROSS JOIN LATERAL unnest(p.branch_keys) u (key)
                  WHERE p.kind = 'branch' AND p.branch_keys <> '{}'
                  UNION ALL
                  SELECT i.tenant, i.source, i.repository, i.ref, u.word, i.imported_at
                  FROM jirasync.refs i CROSS JOIN LATERAL unnest(i.imported_refused) u (word)
                  WHERE i.kind = 'branch' AND i.imported_sha IS NOT NULL
                  UNION ALL
                  SELECT i.tenant, i.source, i.repository, i.ref, 'unknown_project:' || u.key, i.imported_at
                  FROM jirasync.refs i CROSS JOIN LATERAL unnest(i.imported_keys) u (key)
                  WHERE i.kind = 'branch' AND i.imported_sha IS NOT NULL) w
            GROUP BY w.tenant, w.source, w.repository, w.ref, w.word) b
      LEFT JOIN jirasync.refs r
        ON r.tenant = b.tenant AND r.source = b.source AND r.repository = b.repository AND r.ref = b.ref
       AND r.kind = 'branch'
      LEFT JOIN jirasync.commits c
        ON c.tenant = b.tenant AND c.source = b.source AND c.repository = b.repository AND c.sha = r.sha
      UNION ALL
      SELECT q.tenant, q.source, q.repository, 'pull_request', q.number::text,
             substr(u.word, strpos(u.word, ':') + 1), split_part(u.word, ':', 1),
             c.sha, coalesce(c.committed_at, q.updated_at, q.merged_at)
      FROM jirasync.pull_requests q
      CROSS JOIN LATERAL (
           SELECT unnest(q.refused)
           UNION ALL
           SELECT 'unknown_project:' || k.key FROM unnest(q.keys) k (key)) u (word)
      -- Some hosts cut hashes short.
      LEFT JOIN LATERAL (
           SELECT o.sha, o.committed_at FROM jirasync.commits o
           WHERE o.tenant = q.tenant AND o.source = q.source AND o.repository = q.repository
             AND (o.sha >= q.merge_sha AND o.sha < q.merge_sha || 'g' OR o.sha >= q.head_sha AND o.sha < q.head_sha || 'g')
           ORDER BY starts_with(o.sha, q.merge_sha) IS TRUE DESC, o.sha LIMIT 1) c ON true
      WHERE q.refused IS NOT NULL OR q.keys <> '{}') n
-- as in commit_key_classes
WHERE n.reason <> 'unknown_project'
   OR (SELECT i.issue_key FROM jirasync.issue_keys i
       WHERE i.tenant = n.tenant AND rtrim(i.issue_key, '0123456789') = rtrim(n.candidate, '0123456789')
       ORDER BY i.issue_key LIMIT 1) IS NULL
  AND NOT EXISTS (
      SELECT FROM jirasync.projects p
      WHERE p.tenant = n.tenant AND p.project_key || '-' = rtrim(n.candidate, '0123456789'));
COMMENT ON VIEW jirasync.refused_names IS 'What looks like an issue key in the name of a branch, or in a pull request''s title and source branch, and is not taken, since it can be none, whatever projects there are, or its project is not known (unknown_project): one row for each name, text and reason, with the commit at the tip of the branch, or the merge or else the newest commit of the pull request (sha; NULL where it is not known), and its instant, else that of the last push, import or change';
