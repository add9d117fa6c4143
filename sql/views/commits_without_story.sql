-- What sneaked in? Landed commits that no issue accounts for.
CREATE OR REPLACE VIEW jirasync.commits_without_story AS
SELECT c.tenant, c.source, c.repository, c.sha, c.author, c.committed_at,
       coalesce(c.branch_landed_at, c.committed_at) AS landed_at, c.message,
       CASE named.class WHEN 1 THEN 'deleted_issue' WHEN 2 THEN 'unknown_key' WHEN 3 THEN 'unknown_project'
            ELSE 'no_key' END AS reason
FROM jirasync.commit_landing c
CROSS JOIN LATERAL (
    SELECT min(CASE k.class WHEN 'known' THEN 1 WHEN 'unknown_key' THEN 2 ELSE 3 END) AS class
    FROM jirasync.commit_key_classes k
    WHERE k.tenant = c.tenant AND k.source = c.source AND k.repository = c.repository AND k.sha = c.sha) named
WHERE c.landed AND NOT c.is_merge
  AND NOT EXISTS (
      SELECT FROM jirasync.issue_commits l
      WHERE l.tenant = c.tenant AND l.commit_source = c.source AND l.repository = c.repository AND l.sha = c.sha)
  AND NOT EXISTS (
      SELECT FROM jirasync.commit_waivers w
      WHERE w.tenant = c.tenant AND w.source = c.source AND w.repository = c.repository AND w.sha = c.sha
        AND (w.expires_at IS NULL OR w.expires_at > now()))
  AND NOT EXISTS (
      SELECT FROM jirasync.coverage_rules r
      WHERE r.tenant IN (c.tenant, '*') AND r.source IN ('', c.source) AND r.project_key = ''
        AND CASE r.subject
            WHEN 'author' THEN lower(c.author) LIKE r.like_pattern OR lower(c.author_email) LIKE r.like_pattern
            WHEN 'message' THEN lower(c.message) LIKE r.like_pattern
            ELSE false END IS TRUE);
COMMENT ON VIEW jirasync.commits_without_story IS 'Landed commits without a link to any issue; merges, waived commits and those that a rule leaves unjudged are not here. reason: no_key, unknown_project (what it names is no project of ours), unknown_key, deleted_issue. A revert is here only if it names no issue';
