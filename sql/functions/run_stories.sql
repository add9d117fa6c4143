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
             WHERE r.tenant = p_tenant AND r.run_id = p_run_id AND r.subject IN ('issue', 'link')
             UNION
            SELECT l.source, l.issue_id
              FROM jirasync.run_items r
             -- OFFSET 0 keeps each look-up whole, so that it goes by index whatever the planner guesses
             CROSS JOIN LATERAL (
                   SELECT * FROM jirasync.issue_commits c
                    WHERE c.tenant = p_tenant AND c.commit_source = r.source AND c.repository = r.repository AND c.sha = r.id
                   OFFSET 0) l
             WHERE r.tenant = p_tenant AND r.run_id = p_run_id AND r.subject = 'commit'
        )
        SELECT n.source, n.issue_id
          FROM named n
         UNION
        SELECT i.source, i.parent_id
          FROM named n
         CROSS JOIN LATERAL (
               SELECT * FROM jirasync.issues c
                WHERE c.tenant = p_tenant AND c.source = n.source AND c.issue_id = n.issue_id
               OFFSET 0) i
         WHERE i.hierarchy_level < 0 AND i.parent_id IS NOT NULL
         UNION
        SELECT i.source, i.issue_id
          FROM named n
         CROSS JOIN LATERAL (
               SELECT * FROM jirasync.issues c
                WHERE c.tenant = p_tenant AND c.source = n.source AND c.parent_id = n.issue_id
               OFFSET 0) i
         WHERE i.hierarchy_level < 0;
END
$$;
COMMENT ON FUNCTION jirasync.run_stories(text, text) IS
    'The issues that a run touched, those whose links it changed or that its commits are linked to, the parents that their sub-tasks are judged through, and their own sub-tasks, which are judged by themselves where a parent is not known or deleted';
