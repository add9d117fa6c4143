-- Removes the content of issues.

CREATE OR REPLACE FUNCTION jirasync.blank_issues(p_tenant text, p_sources text[], p_ids bigint[])
RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    v_rows  integer;
BEGIN
    -- What stays is what an issue is known and correlated by: ids, keys, project, parent, versions, rank, instants.
    UPDATE jirasync.issues i
       SET summary = NULL, issue_type = NULL, status = NULL, status_category = NULL, resolution = NULL,
           resolved_at = NULL, priority = NULL, assignee = NULL, assignee_name = NULL, labels = NULL, components = NULL,
           fields = NULL
      FROM unnest(p_sources, p_ids) AS u (source, issue_id)
     WHERE i.tenant = p_tenant AND i.source = u.source AND i.issue_id = u.issue_id;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    RETURN v_rows;
END
$$;
COMMENT ON FUNCTION jirasync.blank_issues(text, text[], bigint[]) IS
    'Part of prune_tombstones and forget_issue: blanks the content of issues given as parallel arrays; returns how many';
