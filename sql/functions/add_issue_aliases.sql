-- One step towards the keys by which issues are known since their project has borne several.
CREATE OR REPLACE FUNCTION jirasync.add_issue_aliases(
    p_tenant text, p_sources text[], p_ids bigint[], p_project_sources text[], p_project_ids bigint[],
    OUT changed integer, OUT sources text[], OUT issue_ids bigint[])
LANGUAGE plpgsql AS $$
BEGIN
    WITH wanted AS (
        SELECT w.* FROM jirasync.wanted_issue_aliases w WHERE w.tenant = p_tenant AND p_ids IS NULL
        UNION
        SELECT w.*
        FROM unnest(p_sources, p_ids) u (source, issue_id)
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.wanted_issue_aliases n
            WHERE n.tenant = p_tenant AND n.source = u.source AND n.issue_id = u.issue_id
            OFFSET 0) w
        UNION
        SELECT w.*
        FROM unnest(p_project_sources, p_project_ids) u (source, project_id)
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.wanted_issue_aliases n
            WHERE n.tenant = p_tenant AND n.source = u.source AND n.project_id = u.project_id
            OFFSET 0) w
    ), put AS (
        INSERT INTO jirasync.issue_keys AS k (tenant, source, issue_key, issue_id, since)
        SELECT w.tenant, w.source, w.issue_key, w.issue_id, min(w.since)
        FROM wanted w
        WHERE NOT EXISTS (
            SELECT FROM jirasync.issue_keys e
            WHERE e.tenant = w.tenant AND e.source = w.source AND e.issue_key = w.issue_key AND e.issue_id = w.issue_id
              AND e.since <= w.since)
        GROUP BY w.tenant, w.source, w.issue_key, w.issue_id
        ORDER BY w.tenant, w.source, w.issue_key, w.issue_id
        ON CONFLICT (tenant, source, issue_key, issue_id) DO UPDATE SET since = excluded.since
        WHERE excluded.since < k.since
        RETURNING k.source, k.issue_id
    )
    SELECT count(*), coalesce(array_agg(p.source), '{}'), coalesce(array_agg(p.issue_id), '{}')
    INTO changed, sources, issue_ids
    FROM put p;
END
$$;
COMMENT ON FUNCTION jirasync.add_issue_aliases IS 'Part of write_issue_aliases: adds what wanted_issue_aliases has more than issue_keys; says how many and of which issues';
