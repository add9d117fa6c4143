-- Gives held jobs back without counting an attempt.

CREATE OR REPLACE FUNCTION jirasync.give_back_jobs(p_tenant text, p_ids bigint[], p_tokens bigint[],
                                                   p_delay_ms integer DEFAULT 0)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    RETURN jirasync.put_back_jobs(p_tenant, p_ids, p_tokens, 0, NULL,
                                  array_fill(p_delay_ms::bigint, ARRAY[cardinality(p_ids)]), false);
END
$$;
COMMENT ON FUNCTION jirasync.give_back_jobs(text, bigint[], bigint[], integer) IS
    'Gives jobs back after a fault of the surroundings or a stop: no attempt is counted. Returns how many were still held';
