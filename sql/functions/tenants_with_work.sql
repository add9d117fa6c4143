-- The tenants whose jobs are due.

CREATE OR REPLACE FUNCTION jirasync.tenants_with_work(p_kinds text[])
RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT n.tenant FROM jirasync.next_jobs(p_kinds) n WHERE n.due_at <= clock_timestamp() ORDER BY n.due_at;
END
$$;
COMMENT ON FUNCTION jirasync.tenants_with_work(text[]) IS 'Tenants that have a due job of the kinds, the longest waiting first';
