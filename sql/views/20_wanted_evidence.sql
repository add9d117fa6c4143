-- Definition of the keys that commits have by the branch they were made on, the merge that brought them, or a pull request.
CREATE OR REPLACE VIEW jirasync.wanted_evidence AS
SELECT p.tenant, p.source, p.repository, p.sha, k.key, 'branch' AS evidence, p.ref AS via
FROM jirasync.commit_refs p
JOIN jirasync.refs r
  ON r.tenant = p.tenant AND r.source = p.source AND r.repository = p.repository AND r.ref = p.ref
CROSS JOIN LATERAL unnest(r.branch_keys) k (key)
-- (GitHub's own name for a branch that takes a pull request back)
WHERE p.bears_name AND r.kind = 'branch' AND r.ref !~ '^revert-[0-9]+-'
UNION
SELECT p.tenant, p.source, p.repository, p.sha, k.key, 'merge', m.sha
FROM jirasync.commit_refs p
JOIN jirasync.refs r
  ON r.tenant = p.tenant AND r.source = p.source AND r.repository = p.repository AND r.ref = p.ref
 AND p.position <= r.counted_to
JOIN jirasync.commit_refs m
  ON m.tenant = p.tenant AND m.source = p.source AND m.repository = p.repository AND m.ref = p.ref
 AND m.position = p.position AND m.on_line AND m.sha <> p.sha
JOIN jirasync.commit_landing c
  ON c.tenant = m.tenant AND c.source = m.source AND c.repository = m.repository AND c.sha = m.sha
CROSS JOIN LATERAL unnest(c.handed_keys) k (key)
WHERE NOT p.on_line AND NOT c.is_revert
UNION
SELECT c.tenant, c.source, c.repository, c.sha, k.key, 'pull_request', '#' || q.number
FROM jirasync.commits c
JOIN jirasync.handing_requests q
  ON q.tenant = c.tenant AND q.source = c.source AND q.repository = c.repository
 AND left(q.merge_sha, 7) = left(c.sha, 7) AND starts_with(c.sha, q.merge_sha)
CROSS JOIN LATERAL unnest(q.keys) k (key)
UNION
SELECT c.tenant, c.source, c.repository, c.sha, k.key, 'pull_request', '#' || q.number
FROM jirasync.commits c
JOIN jirasync.handing_requests q
  ON q.tenant = c.tenant AND q.source = c.source AND q.repository = c.repository
 AND left(q.head_sha, 7) = left(c.sha, 7) AND starts_with(c.sha, q.head_sha)
CROSS JOIN LATERAL unnest(q.keys) k (key)
-- (of one that is not merged, what has landed elsewhere than where it asks to be did so before)
WHERE q.state = 'merged' OR c.landed_at IS NULL OR c.landed_by = q.target_branch
UNION
SELECT p.tenant, p.source, p.repository, p.sha, k.key, 'pull_request', '#' || q.number
FROM jirasync.commit_refs p
JOIN jirasync.refs r
  ON r.tenant = p.tenant AND r.source = p.source AND r.repository = p.repository AND r.ref = p.ref
 AND p.position <= r.counted_to
JOIN jirasync.commit_refs m
  ON m.tenant = p.tenant AND m.source = p.source AND m.repository = p.repository AND m.ref = p.ref
 AND m.position = p.position AND m.on_line AND m.sha <> p.sha
JOIN jirasync.handing_requests q
  ON q.tenant = m.tenant AND q.source = m.source AND q.repository = m.repository
 AND left(q.merge_sha, 7) = left(m.sha, 7) AND starts_with(m.sha, q.merge_sha)
JOIN jirasync.commit_landing c
  ON c.tenant = m.tenant AND c.source = m.source AND c.repository = m.repository AND c.sha = m.sha
CROSS JOIN LATERAL unnest(q.keys) k (key)
WHERE NOT p.on_line AND NOT c.is_revert
UNION
SELECT b.tenant, b.source, b.repository, b.sha, k.key, 'pull_request', '#' || b.number
FROM jirasync.rebased_commits b
JOIN jirasync.handing_requests q
  ON q.tenant = b.tenant AND q.source = b.source AND q.repository = b.repository AND q.number = b.number
CROSS JOIN LATERAL unnest(q.keys) k (key);
COMMENT ON VIEW jirasync.wanted_evidence IS 'The rows of commit_keys that follow from refs and pull requests: keys in the name of the branch that a commit was made on; keys of a merge on a line that counts, handed down to what it brought, unless it takes work back by its words; keys of a pull request, unless it takes work back, for its newest commit (while it is not merged only if that has landed nowhere else), its merge or squash commit and what that brought, or the commits that it became by a rebase or a fast-forward';
