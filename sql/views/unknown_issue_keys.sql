-- Keys of known projects that no issue of the mirror bears or bore.
CREATE OR REPLACE VIEW jirasync.unknown_issue_keys AS
SELECT k.tenant, rtrim(rtrim(k.key, '0123456789'), '-') AS project_key, k.key AS issue_key,
       count(DISTINCT (k.source, k.repository, k.sha)) AS commits, min(k.sha) AS example_sha,
       max(c.committed_at) AS last_seen
FROM jirasync.commit_key_classes k
JOIN jirasync.commits c
  ON c.tenant = k.tenant AND c.source = k.source AND c.repository = k.repository AND c.sha = k.sha
WHERE k.class = 'unknown_key'
GROUP BY k.tenant, k.key;
COMMENT ON VIEW jirasync.unknown_issue_keys IS 'Keys that commits name whose project is known and whose issue is not: not told yet, or a slip of the pen';
