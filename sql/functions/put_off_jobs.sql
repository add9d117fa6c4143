-- Puts held jobs off whose source can't be asked here.

CREATE OR REPLACE FUNCTION jirasync.put_off_jobs(p_tenant text, p_ids bigint[], p_tokens bigint[], p_delay_ms integer,
                                                 p_error text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    RETURN jirasync.put_back_jobs(p_tenant, p_ids, p_tokens, 0, array_fill(p_error, ARRAY[cardinality(p_ids)]),
                                  array_fill(p_delay_ms::bigint, ARRAY[cardinality(p_ids)]), false, false, true);
END
$$;
COMMENT ON FUNCTION jirasync.put_off_jobs(text, bigint[], bigint[], integer, text) IS
    'Gives jobs back whose source this worker can''t ask, with why, and marks them (is_put_off): no attempt is counted, and resume_put_off_jobs makes them due before the delay has passed. Returns how many were still held';
