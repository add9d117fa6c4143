-- Discards held jobs that will never go well.

CREATE OR REPLACE FUNCTION jirasync.refuse_jobs(p_tenant text, p_ids bigint[], p_tokens bigint[], p_error text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    RETURN jirasync.put_back_jobs(p_tenant, p_ids, p_tokens, 1, array_fill(p_error, ARRAY[cardinality(p_ids)]),
                                  array_fill(0::bigint, ARRAY[cardinality(p_ids)]), false, true);
END
$$;
COMMENT ON FUNCTION jirasync.refuse_jobs(text, bigint[], bigint[], text) IS
    'Discards jobs at once, with why: what they ask for was answered with a 400. failed_jobs shows them, retry_job tries one again. Returns how many were still held';
