-- Matched, missing and orphaned, read as a plain matcher of key-shaped text reads them.

CREATE OR REPLACE FUNCTION jirasync.report_compat(
    p_tenant text DEFAULT 'main', p_project text DEFAULT NULL, p_fix_version text DEFAULT NULL)
RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET plan_cache_mode = force_custom_plan SET jit = off SET work_mem = '64MB'
AS $$
BEGIN
    RETURN (
        WITH issue AS MATERIALIZED (
            SELECT i.issue_key, i.summary
              FROM jirasync.issues i
             WHERE i.tenant = p_tenant AND i.deleted_at IS NULL AND NOT i.is_stub
               AND (p_project IS NULL OR i.project_key = p_project)
               AND (p_fix_version IS NULL OR p_fix_version = ANY (i.fix_versions))
        ), commit AS MATERIALIZED (
            SELECT c.source, c.repository, c.sha, c.committed_at,
                   json_build_object('hash', c.sha, 'message', c.message, 'author', c.author,
                                     'date', jirasync.phoenix_time(c.committed_at), 'repository', c.repository,
                                     'branch', split_part(c.landed_by, '~', 1)) AS entry
              FROM jirasync.commits c
             WHERE c.tenant = p_tenant AND NOT c.is_unreachable
        ), named AS MATERIALIZED (
            -- an explicit list stands for all else; what a merge hands down is no text of the commit's own
            SELECT DISTINCT k.source, k.repository, k.sha, k.key
              FROM (SELECT n.source, n.repository, n.sha,
                           CASE WHEN n.evidence = 'explicit' THEN n.key ELSE substring(n.key FROM '[A-Z][A-Z0-9]+-[0-9]+$') END AS key,
                           n.evidence
                      FROM jirasync.commit_keys n
                     WHERE n.tenant = p_tenant AND n.evidence <> 'merge'
                     UNION ALL
                    -- such a matcher knows neither boundaries, underscores nor zeros: APP-007, APP-12 of APP-12abc and PROJ-1
                    -- of MY_PROJ-1 are keys to it
                    SELECT r.source, r.repository, r.sha, substring(upper(r.candidate) FROM '[A-Z][A-Z0-9]+-[0-9]+'), 'message'
                      FROM jirasync.refused_keys r
                     WHERE r.tenant = p_tenant) k
             WHERE k.key IS NOT NULL
               AND (k.evidence = 'explicit' OR NOT EXISTS (
                    SELECT FROM jirasync.commit_keys e
                     WHERE e.tenant = p_tenant AND e.source = k.source AND e.repository = k.repository AND e.sha = k.sha
                       AND e.evidence = 'explicit'))
        ), matched AS (
            SELECT n.key, s.summary, json_agg(c.entry ORDER BY c.committed_at, c.source, c.repository, c.sha) AS commits
              FROM named n
              JOIN commit c ON c.source = n.source AND c.repository = n.repository AND c.sha = n.sha
              LEFT JOIN (SELECT i.issue_key, min(i.summary) AS summary FROM issue i GROUP BY i.issue_key) s ON s.issue_key = n.key
             GROUP BY n.key, s.summary
        ), missing AS (
            SELECT i.issue_key, i.summary FROM issue i WHERE NOT EXISTS (SELECT FROM matched m WHERE m.key = i.issue_key)
        ), orphan AS (
            SELECT c.* FROM commit c
             WHERE NOT EXISTS (
                   SELECT FROM named n WHERE n.source = c.source AND n.repository = c.repository AND n.sha = c.sha)
        ), total AS (
            SELECT (SELECT count(*) FROM issue) AS issues, (SELECT count(*) FROM commit) AS commits,
                   (SELECT count(*) FROM matched) AS matched, (SELECT coalesce(sum(json_array_length(m.commits)), 0) FROM matched m) AS pairs, (SELECT count(*) FROM missing) AS missing,
                   (SELECT count(*) FROM orphan) AS orphans
        )
        SELECT json_build_object(
                   'matched', coalesce((
                       SELECT json_agg(json_build_object('story_key', m.key, 'story_summary', m.summary, 'commits', m.commits)
                                       ORDER BY rtrim(m.key, '0123456789') COLLATE "C", length(m.key), m.key COLLATE "C")
                         FROM matched m), '[]'),
                   'missing', coalesce((
                       SELECT json_agg(json_build_object('key', m.issue_key, 'summary', m.summary)
                                       ORDER BY rtrim(m.issue_key, '0123456789') COLLATE "C", length(m.issue_key),
                                                m.issue_key COLLATE "C", m.summary)
                         FROM missing m), '[]'),
                   'orphans', coalesce((
                       SELECT json_agg(o.entry ORDER BY o.committed_at, o.source, o.repository, o.sha) FROM orphan o), '[]'),
                   'summary', json_build_object(
                       'total_issues', t.issues, 'total_stories', t.issues, 'total_commits', t.commits,
                       'stories_with_commits', t.matched, 'stories_without_commits', t.missing, 'orphan_commits', t.orphans,
                       'matched_commits', t.pairs))
          FROM total t);
END
$$;
COMMENT ON FUNCTION jirasync.report_compat(text, text, text) IS
    'What `jirasync report --compat` prints: every issue is a story, every commit counts for each key that its message, branch, pull request or explicit list names, also for keys that are no issues, so that stories_with_commits may exceed total_stories; matched_commits counts pairs of key and commit';
