-- The issues whose coverage a run may have changed.

CREATE OR REPLACE FUNCTION jirasync.run_stories(p_tenant text, p_run_id text)
RETURNS TABLE (source text, issue_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        WITH named AS (
            SELECT r.source, r.id::bigint AS issue_id
              FROM jirasync.run_items r
             WHERE r.tenant = p_tenant AND r.run_id = p_run_id AND r.subject = 'issue'
             UNION
            SELECT l.source, l.issue_id
              FROM jirasync.run_items r
              JOIN jirasync.issue_commits l
                ON l.tenant = p_tenant AND l.commit_source = r.source AND l.repository = r.repository AND l.sha = r.id
             WHERE r.tenant = p_tenant AND r.run_id = p_run_id AND r.subject = 'commit'
        )
        SELECT n.source, n.issue_id
          FROM named n
         UNION
        SELECT i.source, i.parent_id
          FROM named n
          JOIN jirasync.issues i ON i.tenant = p_tenant AND i.source = n.source AND i.issue_id = n.issue_id
         WHERE i.hierarchy_level < 0 AND i.parent_id IS NOT NULL;
END
$$;
COMMENT ON FUNCTION jirasync.run_stories(text, text) IS
    'The issues that a run touched, those that its commits are linked to, and the parents that their sub-tasks are judged through';
