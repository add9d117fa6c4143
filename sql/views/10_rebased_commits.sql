-- Definition of the commits that a pull request became when it was merged by a rebase or a fast-forward.
CREATE OR REPLACE VIEW jirasync.rebased_commits AS
SELECT q.tenant, q.source, q.repository, q.number, l.sha, q.keys
FROM jirasync.pull_requests q
JOIN jirasync.pushes p
  ON p.tenant = q.tenant AND p.source = q.source AND p.repository = q.repository AND p.ref = q.target_branch
 AND left(q.merge_sha, 7) = left(p.after, 7) AND p.after = q.merge_sha AND p.listed = q.commit_count
JOIN jirasync.push_commits l
  ON l.tenant = p.tenant AND l.source = p.source AND l.delivery_id = p.delivery_id AND l.change = p.change
WHERE q.commit_count > 1 AND p.kind = 'branch' AND p.before IS NOT NULL AND p.is_whole AND NOT p.is_forced
  AND EXISTS (
      SELECT FROM jirasync.push_commits h
      WHERE h.tenant = p.tenant AND h.source = p.source AND h.delivery_id = p.delivery_id AND h.change = p.change
        AND h.sha = p.after)
  -- A merge, a squash commit ("title (#12)"), or what another pull request became, is none of its commits.
  AND q.commit_count = (
      SELECT count(*)
      FROM jirasync.push_commits o
      JOIN jirasync.commits c
        ON c.tenant = o.tenant AND c.source = o.source AND c.repository = q.repository AND c.sha = o.sha
      WHERE o.tenant = p.tenant AND o.source = p.source AND o.delivery_id = p.delivery_id AND o.change = p.change
        AND coalesce(cardinality(c.parents) = 1, NOT c.is_merge_named)
        AND split_part(c.message, E'\n', 1) !~ '\(#[0-9]+\)\s*$'
        AND NOT EXISTS (
            SELECT FROM jirasync.pull_requests s
            WHERE s.tenant = q.tenant AND s.source = q.source AND s.repository = q.repository AND s.number <> q.number
              AND left(s.merge_sha, 7) = left(o.sha, 7) AND s.merge_sha = o.sha))
UNION
-- A fast-forward puts the target on the newest commit of the pull request itself. What that moved is what its branch held and
-- its target did not: its commits and nothing else, whoever pushed it, and however few of them the host lists.
SELECT q.tenant, q.source, q.repository, q.number, l.sha, q.keys
FROM jirasync.pull_requests q
JOIN jirasync.pushes p
  ON p.tenant = q.tenant AND p.source = q.source AND p.repository = q.repository AND p.ref = q.target_branch
 AND left(q.head_sha, 7) = left(p.after, 7) AND starts_with(p.after, q.head_sha)
JOIN jirasync.push_commits l
  ON l.tenant = p.tenant AND l.source = p.source AND l.delivery_id = p.delivery_id AND l.change = p.change
WHERE q.state = 'merged' AND (q.merge_sha IS NULL OR starts_with(p.after, q.merge_sha))
  AND p.kind = 'branch' AND p.before IS NOT NULL AND NOT p.is_forced
  AND EXISTS (
      SELECT FROM jirasync.push_commits h
      WHERE h.tenant = p.tenant AND h.source = p.source AND h.delivery_id = p.delivery_id AND h.change = p.change
        AND h.sha = p.after);
COMMENT ON VIEW jirasync.rebased_commits IS 'The commits that a pull request became without a merge commit, with its keys. By a rebase (GitHub''s "Rebase and merge"): those that the push to its target branch listed whose tip is the merged commit, where they are as many as the pull request has, more than one, and none of them is a merge, a squash commit or the merged commit of another pull request. By a fast-forward (GitLab, Bitbucket): those that the push to its target branch listed whose tip is its own newest commit, where the host names no other as merged. Where that does not agree, none: the merged commit alone is known to be its own';
