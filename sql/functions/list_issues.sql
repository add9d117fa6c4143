-- Notes what Jira listed to a reconciliation.

CREATE OR REPLACE FUNCTION jirasync.list_issues(
    p_tenant text, p_reconciliation bigint, p_ids bigint[], p_keys text[], p_updated timestamptz[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_new  integer;
BEGIN
    -- Pages shift while Jira lives on: what is listed twice counts once, as it was last.
    INSERT INTO jirasync.listed_issues AS l (tenant, reconciliation_id, issue_id, issue_key, updated_at)
    SELECT DISTINCT ON (u.id) p_tenant, p_reconciliation, u.id, u.key, u.updated
      FROM unnest(p_ids, p_keys, p_updated) AS u (id, key, updated)
     ORDER BY u.id, u.updated DESC NULLS LAST
    ON CONFLICT (tenant, reconciliation_id, issue_id) DO UPDATE
       SET issue_key = excluded.issue_key, updated_at = excluded.updated_at
     WHERE excluded.updated_at > l.updated_at OR l.updated_at IS NULL;
    GET DIAGNOSTICS v_new = ROW_COUNT;
    RETURN v_new;
END
$$;
COMMENT ON FUNCTION jirasync.list_issues(text, bigint, bigint[], text[], timestamptz[]) IS
    'Notes a page of issues (ids, keys, when they were last changed) that Jira listed to a running reconciliation; returns how many rows are new or newer';
