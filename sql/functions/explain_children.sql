-- What is below an issue, for explain_issue: sub-tasks, stories of an epic.
CREATE OR REPLACE FUNCTION jirasync.explain_children(p_tenant text, p_source text, p_issue_id bigint)
RETURNS TABLE (place bigint, subject text, detail text, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT 0::bigint, 'roll-up', format('%s of %s stories covered%s', e.with_commits, e.stories,
                                            coalesce(' (' || e.percent || ' %)', '')), e.last_landed_at
        FROM jirasync.issues i
        CROSS JOIN LATERAL (
            SELECT n.with_commits, n.stories, n.percent, n.last_landed_at FROM jirasync.epic_coverage n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.issue_key = i.issue_key
            OFFSET 0) e
        WHERE i.tenant = p_tenant AND i.source = p_source AND i.issue_id = p_issue_id AND i.hierarchy_level > 0
        UNION ALL
        SELECT row_number() OVER (ORDER BY s.hierarchy_level DESC, jirasync.version_sort_key(s.issue_key) COLLATE "C"),
               CASE WHEN s.hierarchy_level < 0 THEN 'sub-task' WHEN s.hierarchy_level > 0 THEN 'epic' ELSE 'story' END,
               concat_ws(': ', s.issue_key, s.summary, c.state, c.reason), c.last_landed_at
        FROM jirasync.issues s
        CROSS JOIN LATERAL (
            SELECT n.state, n.reason, n.last_landed_at FROM jirasync.issue_coverage n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.issue_id = s.issue_id
            OFFSET 0) c
        WHERE s.tenant = p_tenant AND s.source = p_source AND s.parent_id = p_issue_id;
END
$$;
COMMENT ON FUNCTION jirasync.explain_children IS 'Rows of explain_issue: each sub-task, story or epic whose parent the issue is, with its state; for an epic the roll-up before them';
