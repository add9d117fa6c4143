-- The landed commits without a story, for a report.

CREATE OR REPLACE FUNCTION jirasync.report_orphans(p_tenant text, p_project text, p_fix_version text)
RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET plan_cache_mode = force_custom_plan SET jit = off SET work_mem = '64MB'
AS $$
BEGIN
    RETURN (
        WITH shown AS MATERIALIZED (
            -- where a report of a project or version looks: the repositories that its issues have commits in
            SELECT DISTINCT l.commit_source, l.repository
              FROM jirasync.issue_commits l
              JOIN jirasync.issues i ON i.tenant = p_tenant AND i.source = l.source AND i.issue_id = l.issue_id
              -- (a sub-task does its parent's work)
              LEFT JOIN jirasync.issues p
                ON i.hierarchy_level < 0 AND p.tenant = p_tenant AND p.source = i.source AND p.issue_id = i.parent_id
             WHERE l.tenant = p_tenant AND (p_project IS NULL OR i.project_key = p_project)
               AND (p_fix_version IS NULL OR p_fix_version = ANY (i.fix_versions || p.fix_versions))
        )
        SELECT coalesce(json_agg(json_build_object(
                   'source', o.source, 'repository', o.repository, 'sha', o.sha,
                   'subject', jirasync.report_subject(o.message), 'author', o.author,
                   'landed_at', jirasync.phoenix_time(o.landed_at), 'reason', o.reason)
                   ORDER BY o.source COLLATE "C", o.repository COLLATE "C", o.landed_at, o.sha), '[]')
          FROM jirasync.commits_without_story o
         WHERE o.tenant = p_tenant
           AND (p_project IS NULL AND p_fix_version IS NULL
                OR EXISTS (SELECT FROM shown s WHERE s.commit_source = o.source AND s.repository = o.repository)));
END
$$;
COMMENT ON FUNCTION jirasync.report_orphans(text, text, text) IS
    'Part of report(): landed commits that no issue accounts for; of a project or version those of the repositories where its issues have commits';
