-- The children that show another key than their parent is to have.
CREATE OR REPLACE FUNCTION jirasync.children_renamed_by(
    p_tenant text, p_sources text[], p_ids bigint[], OUT sources text[], OUT issue_ids bigint[])
LANGUAGE plpgsql AS $$
BEGIN
    SELECT coalesce(array_agg(child.source), '{}'), coalesce(array_agg(child.issue_id), '{}') INTO sources, issue_ids
    FROM unnest(p_sources, p_ids) u (source, issue_id)
    CROSS JOIN LATERAL (
        SELECT * FROM jirasync.issues n
        WHERE n.tenant = p_tenant AND n.source = u.source AND n.parent_id = u.issue_id
        OFFSET 0) child
    CROSS JOIN LATERAL (
        SELECT w.issue_key FROM jirasync.current_issue_keys w
        WHERE w.tenant = p_tenant AND w.source = child.source AND w.issue_id = child.parent_id
        OFFSET 0) parent
    WHERE parent.issue_key IS NOT NULL AND child.parent_key IS DISTINCT FROM parent.issue_key;
END
$$;
COMMENT ON FUNCTION jirasync.children_renamed_by IS 'Issues that show another key of a given parent than it is to have';
