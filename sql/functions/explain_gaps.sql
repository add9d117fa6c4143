-- What is not known about an issue, for explain_issue.
CREATE OR REPLACE FUNCTION jirasync.explain_gaps(p_tenant text, p_source text, p_issue_id bigint)
RETURNS TABLE (place bigint, subject text, detail text, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        WITH concerned AS MATERIALIZED (
            SELECT DISTINCT l.commit_source AS source, l.repository FROM jirasync.issue_commits l
            WHERE l.tenant = p_tenant AND l.source = p_source AND l.issue_id = p_issue_id
        ), gap AS (
            SELECT 1 AS part, 'it is a stub: only fragments were told, a fetch or its next event makes it whole' AS detail,
                   i.updated_at AS at
            FROM jirasync.issues i
            WHERE i.tenant = p_tenant AND i.source = p_source AND i.issue_id = p_issue_id AND i.is_stub
            UNION ALL
            SELECT 2, 'a job to recompute it waits: this may be out of date', j.first_at FROM jirasync.jobs j
            WHERE j.tenant = p_tenant AND j.kind = 'correlate_issue' AND j.source = p_source
              AND j.key = p_issue_id::text AND j.state IN ('available', 'retryable')
            UNION ALL
            SELECT 3, format('%s: %s', c.repository, g.detail), g.received_at
            FROM concerned c
            CROSS JOIN LATERAL (
                SELECT jirasync.gap_words(n.ref, n.reason, n.listed, n.total) AS detail, n.received_at
                FROM jirasync.push_gaps n
                WHERE n.tenant = p_tenant AND n.source = c.source AND n.repository = c.repository
                ORDER BY n.received_at DESC
                LIMIT 10) g
        )
        SELECT row_number() OVER (ORDER BY g.part, g.detail, g.at), 'not known', g.detail, g.at FROM gap g;
END
$$;
COMMENT ON FUNCTION jirasync.explain_gaps IS 'Rows of explain_issue: that it is a stub, that a job waits, the ten newest gaps (push_gaps) of each repository that its commits are in';
