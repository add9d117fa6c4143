-- What looked like a key and was not taken.
CREATE OR REPLACE VIEW jirasync.refused_issue_keys AS
SELECT k.tenant, rtrim(rtrim(k.key, '0123456789'), '-') AS prefix, 'unknown_project' AS reason,
       count(DISTINCT (k.source, k.repository, k.sha)) AS commits, min(k.sha) AS example_sha,
       max(c.committed_at) AS last_seen
FROM jirasync.commit_key_classes k
JOIN jirasync.commits c
  ON c.tenant = k.tenant AND c.source = k.source AND c.repository = k.repository AND c.sha = k.sha
WHERE k.class = 'unknown_project'
GROUP BY k.tenant, rtrim(k.key, '0123456789');
COMMENT ON VIEW jirasync.refused_issue_keys IS 'What looked like an issue key and was not taken, by prefix: UTF of UTF-8, or a project that the mirror has not got';
