-- Keeps what differs between what Jira listed and the mirror.

CREATE OR REPLACE FUNCTION jirasync.find_differences(p_tenant text, p_reconciliation bigint, p_projects bigint[])
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_found  bigint;
BEGIN
    INSERT INTO jirasync.found_issues (tenant, reconciliation_id, finding, issue_id)
    SELECT p_tenant, p_reconciliation, f.finding, f.issue_id
      FROM jirasync.compare_listed(p_tenant, p_reconciliation, p_projects) f;
    GET DIAGNOSTICS v_found = ROW_COUNT;
    RETURN v_found;
END
$$;
COMMENT ON FUNCTION jirasync.find_differences(text, bigint, bigint[]) IS
    'Writes what compare_listed finds to found_issues, from where it is read in pages; returns how many rows';
