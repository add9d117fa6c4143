-- What looked like a key and was not taken.
CREATE OR REPLACE VIEW jirasync.refused_issue_keys AS
SELECT k.tenant, rtrim(rtrim(k.key, '0123456789'), '-') AS prefix, 'unknown_project' AS reason,
       count(DISTINCT (k.source, k.repository, k.sha)) AS commits, min(k.sha) AS example_sha,
       max(c.committed_at) AS last_seen
FROM jirasync.commit_key_classes k
JOIN jirasync.commits c
  ON c.tenant = k.tenant AND c.source = k.source AND c.repository = k.repository AND c.sha = k.sha
WHERE k.class = 'unknown_project'
GROUP BY k.tenant, rtrim(k.key, '0123456789')
UNION ALL
SELECT r.tenant, upper(rtrim(rtrim(r.candidate, '0123456789'), '-')), r.reason,
       count(DISTINCT (r.source, r.repository, r.sha)) FILTER (WHERE r.sha IS NOT NULL), min(r.sha), max(r.seen_at)
FROM (SELECT m.tenant, m.source, m.repository, m.candidate, m.reason, m.sha, c.committed_at AS seen_at
      FROM jirasync.refused_keys m
      JOIN jirasync.commits c
        ON c.tenant = m.tenant AND c.source = m.source AND c.repository = m.repository AND c.sha = m.sha
      UNION ALL
      SELECT n.tenant, n.source, n.repository, n.candidate, n.reason, n.sha, n.seen_at FROM jirasync.refused_names n) r
GROUP BY r.tenant, upper(rtrim(rtrim(r.candidate, '0123456789'), '-')), r.reason;
COMMENT ON VIEW jirasync.refused_issue_keys IS 'What looked like an issue key in messages, names of branches and pull requests and was not taken, by prefix and reason: unknown_project (UTF of UTF-8, or a project that the mirror has not got), touches_left and touches_right (a letter or digit before it or behind it), leading_zero (APP-007), too_long. commits counts for a name the commit at the tip of its branch, or the merge or newest commit of its pull request; 0 where names alone have it and no such commit is known (refused_names lists them)';
