-- The commits of an issue and of its sub-tasks, each with its story, for explain_issue.
CREATE OR REPLACE FUNCTION jirasync.explain_commits(p_tenant text, p_source text, p_issue_id bigint)
RETURNS TABLE (place bigint, subject text, detail text, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        WITH judged AS (
            SELECT p_issue_id AS issue_id, NULL AS sub_task
            UNION ALL
            SELECT s.issue_id, s.issue_key FROM jirasync.issues s
            WHERE s.tenant = p_tenant AND s.source = p_source AND s.parent_id = p_issue_id AND s.hierarchy_level < 0
              AND s.deleted_at IS NULL
        ), work AS (
            SELECT l.commit_source, l.repository, l.sha, bool_or(l.counts) AS counts,
                   bool_or(l.is_revert) AS is_revert, bool_or(l.is_merge) AS is_merge,
                   bool_or(l.is_unreachable) AS is_unreachable, min(l.landed_at) AS landed_at,
                   array_agg(DISTINCT l.named_key) AS keys, string_agg(DISTINCT j.sub_task, ', ') AS sub_tasks
            FROM judged j
            CROSS JOIN LATERAL (
                SELECT * FROM jirasync.issue_commits n
                WHERE n.tenant = p_tenant AND n.source = p_source AND n.issue_id = j.issue_id
                OFFSET 0) l
            GROUP BY l.commit_source, l.repository, l.sha
        ), told AS (
            SELECT w.*, c.committed_at, c.picked_from,
                   row_number() OVER (ORDER BY coalesce(w.landed_at, c.committed_at), c.committed_at, w.sha) AS n
            FROM work w
            LEFT JOIN jirasync.commits c
              ON c.tenant = p_tenant AND c.source = w.commit_source AND c.repository = w.repository AND c.sha = w.sha
        )
        SELECT t.n * 10 + d.line, d.subject, d.detail, d.at
        FROM told t
        CROSS JOIN LATERAL jirasync.explain_commit(
            p_tenant, t.commit_source, t.repository, t.sha, t.keys, t.sub_tasks, t.counts, t.is_revert,
            t.is_merge, t.is_unreachable, t.landed_at) d
        UNION ALL
        SELECT 0, 'commits', coalesce(
                   'none counts: it was deleted; ' || CASE WHEN named.commits = 1 THEN '1 commit names' WHEN named.commits > 1
                       THEN named.commits || ' commits name' END || ' a key that it bore',
                   'none: nothing that is known names it or a sub-task of it'), NULL
        FROM (SELECT count(DISTINCT (c.source, c.repository, c.sha)) AS commits
              FROM jirasync.issues i
              CROSS JOIN LATERAL (
                  SELECT k.issue_key FROM jirasync.issue_keys k
                  WHERE k.tenant = p_tenant AND k.source = p_source AND k.issue_id = i.issue_id
                  OFFSET 0) b
              CROSS JOIN LATERAL (
                  SELECT n.source, n.repository, n.sha FROM jirasync.commit_keys n
                  WHERE n.tenant = p_tenant AND n.key = b.issue_key
                  OFFSET 0) c
              WHERE i.tenant = p_tenant AND i.source = p_source AND i.issue_id = p_issue_id AND i.deleted_at IS NOT NULL) named
        WHERE NOT EXISTS (SELECT FROM work);
END
$$;
COMMENT ON FUNCTION jirasync.explain_commits IS 'Rows of explain_issue: the commits of the issue and its sub-tasks in the order they landed, the rows of explain_commit for each';
