-- What looked like a key and was not taken.
CREATE OR REPLACE VIEW jirasync.refused_issue_keys AS
SELECT r.tenant, upper(rtrim(rtrim(r.candidate, '0123456789'), '-')) AS prefix, r.reason,
       count(DISTINCT (r.source, r.repository, r.sha)) FILTER (WHERE r.sha IS NOT NULL) AS commits,
       min(r.sha) AS example_sha, max(r.seen_at) AS last_seen
FROM (SELECT k.tenant, k.source, k.repository, k.key AS candidate, 'unknown_project' AS reason, k.sha,
             c.committed_at AS seen_at
      FROM jirasync.commit_key_classes k
      JOIN jirasync.commits c
        ON c.tenant = k.tenant AND c.source = k.source AND c.repository = k.repository AND c.sha = k.sha
      WHERE k.class = 'unknown_project'
      UNION ALL
      SELECT m.tenant, m.source, m.repository, m.candidate, m.reason, m.sha, c.committed_at
      FROM jirasync.refused_keys m
      JOIN jirasync.commits c
        ON c.tenant = m.tenant AND c.source = m.source AND c.repository = m.repository AND c.sha = m.sha
      UNION ALL
      -- The commits that have an unknown project's key from a name are told above.
      SELECT n.tenant, n.source, n.repository, n.candidate, n.reason, CASE WHEN n.reason <> 'unknown_project' THEN n.sha END,
             n.seen_at
      FROM jirasync.refused_names n) r
GROUP BY r.tenant, upper(rtrim(rtrim(r.candidate, '0123456789'), '-')), r.reason;
COMMENT ON VIEW jirasync.refused_issue_keys IS 'What looked like an issue key in messages, names of branches and pull requests and was not taken, by prefix and reason: unknown_project (UTF of UTF-8, or a project that the mirror has not got), touches_left and touches_right (a letter or digit before it or behind it), leading_zero (APP-007), too_long. commits counts those that name it, for unknown_project by whatever evidence; else for a name the commit at the tip of its branch, or the merge or newest commit of its pull request; 0 where names alone have it and no such commit is known (refused_names lists them)';
