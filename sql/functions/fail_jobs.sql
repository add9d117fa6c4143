-- Fails held jobs: an attempt is counted, and they are tried again later or discarded.

CREATE OR REPLACE FUNCTION jirasync.fail_jobs(p_tenant text, p_ids bigint[], p_tokens bigint[], p_errors text[],
                                              p_retry_after_ms bigint[] DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    RETURN jirasync.put_back_jobs(p_tenant, p_ids, p_tokens, 1, p_errors, p_retry_after_ms, true);
END
$$;
COMMENT ON FUNCTION jirasync.fail_jobs(text, bigint[], bigint[], text[], bigint[]) IS
    'Counts an attempt: retryable after a backoff with full jitter, no earlier than Retry-After where one is given; discarded after max_attempts. Returns how many were still held';
