-- The jobs that a batch's entities ask for.

CREATE OR REPLACE FUNCTION jirasync.enqueue_for_entities(
    p_outcome text[], p_tenant text[], p_source text[],
    p_place integer[], p_kind text[], p_id text[], p_issue_id bigint[],
    p_created_at timestamptz[], p_updated_at timestamptz[])
RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    v_tenant    text;
    v_new_jobs  integer := 0;
BEGIN
    FOR v_tenant IN SELECT DISTINCT p_tenant[e.place] FROM unnest(p_place) e (place) ORDER BY 1 LOOP
        v_new_jobs := v_new_jobs + (
            SELECT coalesce(jirasync.enqueue_jobs(v_tenant, array_agg(w.kind), array_agg(w.source), array_agg(w.key)), 0)
              FROM (-- What a version or project says is shown by its issues.
                    SELECT 'correlate_issue', p_source[e.place], e.kind || '/' || e.id
                      FROM unnest(p_place, p_kind, p_id) e (place, kind, id)
                     WHERE e.kind IN ('version', 'project') AND p_outcome[e.place] = 'fresh' AND p_tenant[e.place] = v_tenant
                     UNION
                    -- A comment or so that is newer than its issue's row: the issue has changed, and no event showed it.
                    SELECT 'fetch_issue', p_source[e.place], e.issue_id::text
                      FROM unnest(p_place, p_kind, p_issue_id, p_created_at, p_updated_at)
                           e (place, kind, issue_id, created_at, updated_at)
                     CROSS JOIN LATERAL (
                           SELECT * FROM jirasync.issues n
                            WHERE n.tenant = v_tenant AND n.source = p_source[e.place] AND n.issue_id = e.issue_id
                           OFFSET 0) i
                     WHERE e.kind IN ('comment', 'worklog', 'attachment') AND p_outcome[e.place] = 'fresh'
                       AND p_tenant[e.place] = v_tenant AND NOT i.is_stub AND i.deleted_at IS NULL
                       AND greatest(e.created_at, e.updated_at) > i.rank_updated) w (kind, source, key));
    END LOOP;
    RETURN v_new_jobs;
END
$$;
COMMENT ON FUNCTION jirasync.enqueue_for_entities IS
    'Part of store_entities: correlate_issue for the issues of a version or project (key version/ID, project/ID), fetch_issue for an issue whose comment, worklog or attachment is newer than its row; returns new jobs';
