-- Issues that are there, or were buried: no look is open any more.

CREATE OR REPLACE FUNCTION jirasync.forget_absent_issues(p_tenant text, p_source text, p_ids bigint[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_rows  integer;
BEGIN
    DELETE FROM jirasync.absent_issues a WHERE a.tenant = p_tenant AND a.source = p_source AND a.issue_id = ANY (p_ids);
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    RETURN v_rows;
END
$$;
COMMENT ON FUNCTION jirasync.forget_absent_issues(text, text, bigint[]) IS
    'Takes issues that Jira showed, or that were buried, off the list of those that it did not have; returns how many were on it';
