-- Branches and pull requests whose names have what looks like a key and can be none, with the commit at hand of each.
CREATE OR REPLACE VIEW jirasync.refused_names AS
SELECT b.tenant, b.source, b.repository, 'branch' AS subject, b.ref AS name,
       substr(b.word, strpos(b.word, ':') + 1) AS candidate, split_part(b.word, ':', 1) AS reason,
       c.sha, coalesce(c.committed_at, b.seen_at) AS seen_at
FROM (SELECT n.tenant, n.source, n.repository, n.ref, n.word, max(n.seen_at) AS seen_at
      FROM (SELECT p.tenant, p.source, p.repository, p.ref, u.word, p.received_at AS seen_at
            FROM jirasync.pushes p CROSS JOIN LATERAL unnest(p.branch_refused) u (word)
            WHERE p.kind = 'branch' AND p.branch_refused IS NOT NULL
            UNION ALL
            SELECT i.tenant, i.source, i.repository, i.ref, u.word, i.imported_at
            FROM jirasync.refs i CROSS JOIN LATERAL unnest(i.imported_refused) u (word)
            WHERE i.kind = 'branch' AND i.imported_sha IS NOT NULL) n
      GROUP BY n.tenant, n.source, n.repository, n.ref, n.word) b
LEFT JOIN jirasync.refs r
  ON r.tenant = b.tenant AND r.source = b.source AND r.repository = b.repository AND r.ref = b.ref AND r.kind = 'branch'
LEFT JOIN jirasync.commits c
  ON c.tenant = b.tenant AND c.source = b.source AND c.repository = b.repository AND c.sha = r.sha
UNION ALL
SELECT q.tenant, q.source, q.repository, 'pull_request', q.number::text,
       substr(u.word, strpos(u.word, ':') + 1), split_part(u.word, ':', 1),
       c.sha, coalesce(c.committed_at, q.updated_at, q.merged_at)
FROM jirasync.pull_requests q
CROSS JOIN LATERAL unnest(q.refused) u (word)
-- Some hosts cut hashes short.
LEFT JOIN LATERAL (
     SELECT n.sha, n.committed_at FROM jirasync.commits n
     WHERE n.tenant = q.tenant AND n.source = q.source AND n.repository = q.repository
       AND (n.sha >= q.merge_sha AND n.sha < q.merge_sha || 'g' OR n.sha >= q.head_sha AND n.sha < q.head_sha || 'g')
     ORDER BY starts_with(n.sha, q.merge_sha) IS TRUE DESC, n.sha LIMIT 1) c ON true
WHERE q.refused IS NOT NULL;
COMMENT ON VIEW jirasync.refused_names IS 'What looks like an issue key in the name of a branch, or in a pull request''s title and source branch, and can be none, whatever projects there are: one row for each name, text and reason, with the commit at the tip of the branch, or the merge or else the newest commit of the pull request (sha; NULL where it is not known), and its instant, else that of the last push, import or change';
