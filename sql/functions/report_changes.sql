-- What a report says has changed since a run or an instant.

CREATE OR REPLACE FUNCTION jirasync.report_changes(
    p_tenant text, p_project text, p_fix_version text, p_since timestamptz, p_since_run text)
RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET plan_cache_mode = force_custom_plan SET jit = off SET work_mem = '64MB'
AS $$
DECLARE
    v_since  timestamptz := coalesce(
        (SELECT r.finished_at FROM jirasync.runs r WHERE r.tenant = p_tenant AND r.run_id = p_since_run), p_since);
    -- what was received so long before is taken as known: items of runs are pruned, and could not tell
    v_lag    interval := '1 day';
BEGIN
    IF v_since IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN (
        WITH version AS MATERIALIZED (
            SELECT v.source, v.version_id, v.project_key, v.name
              FROM jirasync.versions v
             WHERE v.tenant = p_tenant AND v.deleted_at IS NULL AND v.merged_into IS NULL
               AND (p_project IS NULL OR v.project_key = p_project)
               AND (p_fix_version IS NULL OR v.name = p_fix_version)
        ), figure AS (
            SELECT n.source, n.project_key, n.fix_version, o.stories AS old_stories, o.with_commits AS old_with_commits,
                   o.percent AS old_percent, n.stories, n.with_commits, n.percent
              FROM version v
              JOIN jirasync.coverage_by_fix_version n
                ON n.tenant = p_tenant AND n.source = v.source AND n.project_key IS NOT DISTINCT FROM v.project_key
               AND n.fix_version = v.name
              LEFT JOIN LATERAL (
                   SELECT h.stories, h.with_commits, h.percent
                     FROM jirasync.coverage_history h
                    WHERE h.tenant = p_tenant AND h.source = v.source AND h.project_key = coalesce(v.project_key, '')
                      AND h.fix_version = v.name AND h.at <= v_since
                    ORDER BY h.at DESC, h.run_id DESC
                    LIMIT 1) o ON true
        ), moved AS (
            -- the first change after it tells what there was before
            SELECT DISTINCT ON (m.source, m.issue_id) m.source, m.issue_id, m.was
              FROM (SELECT s.source, s.issue_id, s.was, s.at, s.run_id
                      FROM jirasync.run_states s
                     WHERE s.tenant = p_tenant AND s.at > v_since
                     UNION ALL
                    -- the end of a waiver is seen before a run has told of it
                    SELECT w.source, w.issue_id, k.state, w.expires_at, ''
                      FROM jirasync.issue_waivers w
                      JOIN jirasync.story_states k
                        ON k.tenant = p_tenant AND k.source = w.source AND k.issue_id = w.issue_id AND k.since <= w.expires_at
                     WHERE w.tenant = p_tenant AND w.expires_at > v_since AND w.expires_at <= now()) m
             ORDER BY m.source, m.issue_id, m.at, m.run_id
        ), changed AS (
            SELECT m.source, i.issue_key, i.summary, i.fix_versions, m.was, c.state, c.reason
              FROM moved m
              JOIN jirasync.issues i ON i.tenant = p_tenant AND i.source = m.source AND i.issue_id = m.issue_id
              LEFT JOIN jirasync.issue_coverage c
                ON c.tenant = p_tenant AND c.source = m.source AND c.issue_id = m.issue_id
             WHERE m.was IS DISTINCT FROM c.state
               AND (p_project IS NULL OR i.project_key = p_project)
               AND (p_fix_version IS NULL OR EXISTS (
                    SELECT FROM version v
                      JOIN jirasync.issue_fix_versions f
                        ON f.tenant = p_tenant AND f.source = v.source AND f.version_id = v.version_id
                     WHERE f.source = m.source AND f.issue_id = m.issue_id))
        ), heard AS MATERIALIZED (
            SELECT DISTINCT d.source, d.issue_id FROM jirasync.deliveries d
             WHERE d.tenant = p_tenant AND d.received_at > v_since - v_lag AND d.issue_id IS NOT NULL
        ), scope AS (
            SELECT f.source, v.project_key, v.name, i.issue_key, i.summary, s.change, s.at
              FROM version v
              JOIN jirasync.issue_fix_versions f
                ON f.tenant = p_tenant AND f.source = v.source AND f.version_id = v.version_id
              JOIN jirasync.issues i ON i.tenant = p_tenant AND i.source = f.source AND i.issue_id = f.issue_id
             CROSS JOIN LATERAL (VALUES ('added', f.added_at), ('removed', f.removed_at)) AS s (change, at)
             WHERE s.at > v_since
                -- or it is older and was not known before: its event came late, was fetched, or waited for a run
                OR (f.source, f.issue_id) IN (SELECT h.source, h.issue_id FROM heard h)
                   AND (SELECT bool_and(coalesce(
                                   d.received_at > v_since
                                   OR d.received_at > v_since - v_lag AND NOT EXISTS (
                                      SELECT FROM jirasync.run_items r
                                       WHERE r.tenant = p_tenant AND r.subject = 'issue' AND r.source = f.source AND r.repository = ''
                                         AND r.id = f.issue_id::text AND r.at >= d.received_at AND r.at <= v_since), false))
                          FROM jirasync.issue_snapshots n
                          LEFT JOIN jirasync.deliveries d
                            ON d.tenant = n.tenant AND d.source = n.source AND d.delivery_id = n.delivery_id
                         WHERE n.tenant = p_tenant AND n.source = f.source AND n.issue_id = f.issue_id AND n.at = s.at)
        )
        SELECT json_build_object(
                   'since', jirasync.phoenix_time(v_since), 'run_id', p_since_run,
                   'versions', coalesce((
                       SELECT json_agg(json_build_object(
                                  'source', f.source, 'project_key', f.project_key, 'fix_version', f.fix_version,
                                  'before', CASE WHEN f.old_stories IS NOT NULL THEN json_build_object(
                                      'stories', f.old_stories, 'with_commits', f.old_with_commits, 'percent', f.old_percent) END,
                                  'after', json_build_object(
                                      'stories', f.stories, 'with_commits', f.with_commits, 'percent', f.percent))
                                  ORDER BY f.source COLLATE "C", f.project_key COLLATE "C", jirasync.version_sort_key(f.fix_version) COLLATE "C")
                         FROM figure f
                        WHERE (coalesce(f.old_stories, 0), coalesce(f.old_with_commits, 0)) <> (f.stories, f.with_commits)), '[]'),
                   'stories', coalesce((
                       SELECT json_agg(json_build_object(
                                  'source', c.source, 'issue_key', c.issue_key, 'summary', c.summary,
                                  'fix_versions', coalesce(c.fix_versions, '{}'), 'before', c.was, 'after', c.state,
                                  'reason', c.reason)
                                  ORDER BY c.source COLLATE "C", jirasync.version_sort_key(c.issue_key) COLLATE "C")
                         FROM changed c), '[]'),
                   'scope', coalesce((
                       SELECT json_agg(json_build_object(
                                  'source', s.source, 'project_key', s.project_key, 'fix_version', s.name,
                                  'issue_key', s.issue_key, 'summary', s.summary, 'change', s.change,
                                  'at', jirasync.phoenix_time(s.at))
                                  ORDER BY s.at, s.source COLLATE "C", jirasync.version_sort_key(s.issue_key) COLLATE "C", s.change)
                         FROM scope s), '[]')));
END
$$;
COMMENT ON FUNCTION jirasync.report_changes(text, text, text, timestamptz, text) IS
    'Part of report(): versions with other figures than the last run before it left, stories in another state (before is NULL where no run had judged it, after where it is gone), and issues added to and removed from versions; NULL without a run or an instant';
