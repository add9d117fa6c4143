-- Names that issues show: project key, parent key, fix versions, their own key; and whether they live.
CREATE OR REPLACE FUNCTION jirasync.write_issue_names(p_tenant text, p_sources text[], p_ids bigint[])
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_sources  text[];
    v_ids      bigint[];
    v_changed  integer;
BEGIN
    -- The store locks issues in this order too, so that the two never wait for each other in a circle.
    IF p_ids IS NULL THEN
        SELECT array_agg(d.source), array_agg(d.issue_id) INTO v_sources, v_ids FROM (
            SELECT i.source, i.issue_id
            FROM jirasync.wanted_issue_names w
            JOIN jirasync.issues i ON i.tenant = w.tenant AND i.source = w.source AND i.issue_id = w.issue_id
            WHERE w.tenant = p_tenant AND (i.project_key, i.parent_key, i.fix_versions, i.issue_key, i.deleted_at)
                  IS DISTINCT FROM (w.project_key, w.parent_key, w.fix_versions, w.issue_key, w.deleted_at)
            ORDER BY i.tenant, i.source, i.issue_id FOR NO KEY UPDATE OF i) d;
    ELSE
        SELECT array_agg(d.source), array_agg(d.issue_id) INTO v_sources, v_ids FROM (
            SELECT i.source, i.issue_id
            FROM unnest(p_sources, p_ids) u (source, issue_id)
            CROSS JOIN LATERAL (
                SELECT * FROM jirasync.wanted_issue_names n
                WHERE n.tenant = p_tenant AND n.source = u.source AND n.issue_id = u.issue_id
                OFFSET 0) w
            JOIN jirasync.issues i ON i.tenant = p_tenant AND i.source = u.source AND i.issue_id = u.issue_id
            WHERE (i.project_key, i.parent_key, i.fix_versions, i.issue_key, i.deleted_at)
                  IS DISTINCT FROM (w.project_key, w.parent_key, w.fix_versions, w.issue_key, w.deleted_at)
            ORDER BY i.tenant, i.source, i.issue_id FOR NO KEY UPDATE OF i) d;
    END IF;
    IF v_ids IS NULL THEN
        RETURN 0;
    END IF;
    UPDATE jirasync.issues i
    SET project_key = w.project_key, parent_key = w.parent_key, fix_versions = w.fix_versions, issue_key = w.issue_key,
        deleted_at = w.deleted_at
    FROM unnest(v_sources, v_ids) u (source, issue_id)
    CROSS JOIN LATERAL (
        SELECT * FROM jirasync.wanted_issue_names n
        WHERE n.tenant = p_tenant AND n.source = u.source AND n.issue_id = u.issue_id
                OFFSET 0) w
    WHERE i.tenant = p_tenant AND i.source = u.source AND i.issue_id = u.issue_id
      AND (i.project_key, i.parent_key, i.fix_versions, i.issue_key, i.deleted_at)
          IS DISTINCT FROM (w.project_key, w.parent_key, w.fix_versions, w.issue_key, w.deleted_at);
    GET DIAGNOSTICS v_changed = ROW_COUNT;
    RETURN v_changed;
END
$$;
COMMENT ON FUNCTION jirasync.write_issue_names IS 'Write the difference between issues and wanted_issue_names, for the given issues or (arrays NULL) for all; returns rows changed';
