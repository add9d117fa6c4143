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
       count(DISTINCT (r.source, r.repository, r.sha)), min(r.sha), max(c.committed_at)
FROM jirasync.refused_keys r
JOIN jirasync.commits c
  ON c.tenant = r.tenant AND c.source = r.source AND c.repository = r.repository AND c.sha = r.sha
GROUP BY r.tenant, upper(rtrim(rtrim(r.candidate, '0123456789'), '-')), r.reason;
COMMENT ON VIEW jirasync.refused_issue_keys IS 'What looked like an issue key and was not taken, by prefix and reason: unknown_project (UTF of UTF-8, or a project that the mirror has not got), touches_left and touches_right (a letter or digit before it or behind it), leading_zero (APP-007), too_long';
