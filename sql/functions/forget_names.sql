-- Removes the names that an issue's snapshots tell, but those that are known from them alone.

CREATE OR REPLACE FUNCTION jirasync.forget_names(p_tenant text, p_source text, p_issue_id bigint)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
    v_rows  bigint;
BEGIN
    -- What the snapshots tell is first written to projects and versions: then those say which snapshot told them last.
    PERFORM jirasync.correlate_issues(p_tenant, ARRAY[p_source], ARRAY[p_issue_id], '{}', '{}', '{}', '{}');
    UPDATE jirasync.issue_snapshots s
       SET version_names = CASE WHEN s.version_ids IS NOT NULL
                                THEN array_fill(NULL::text, ARRAY[cardinality(s.version_ids)]) END,
           project_name = NULL, parent_key = NULL
     WHERE s.tenant = p_tenant AND s.source = p_source AND s.issue_id = p_issue_id
       AND NOT EXISTS (SELECT FROM jirasync.projects p
                        WHERE p.tenant = p_tenant AND p.source = p_source AND p.project_id = s.project_id
                          AND p.known_at = s.at AND p.known_by = s.delivery_id)
       AND NOT EXISTS (SELECT FROM unnest(s.version_ids) u (version_id)
                         JOIN jirasync.versions v ON v.tenant = p_tenant AND v.source = p_source
                          AND v.version_id = u.version_id AND v.known_at = s.at AND v.known_by = s.delivery_id);
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    RETURN v_rows;
END
$$;
COMMENT ON FUNCTION jirasync.forget_names(text, text, bigint) IS
    'Part of forget_issue: blanks names in the issue''s snapshots, which keep ids and instants. A snapshot stays as it is while it is the newest that tells the name of its project or of a version: that name is not the issue''s';
