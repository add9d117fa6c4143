-- Makes jobs due that were put off by a worker that could not ask their source.

CREATE OR REPLACE FUNCTION jirasync.resume_put_off_jobs(p_kind text, p_sources text[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_resumed  integer;
BEGIN
    UPDATE jirasync.jobs j
       SET run_at = greatest(j.not_before, least(j.run_at, clock_timestamp())), is_put_off = false
      FROM jirasync.sources s
     WHERE s.source = ANY (p_sources) AND j.tenant = s.tenant AND j.kind = p_kind
       AND j.state IN ('available', 'retryable') AND j.source = s.source AND j.is_put_off;
    GET DIAGNOSTICS v_resumed = ROW_COUNT;
    RETURN v_resumed;
END
$$;
COMMENT ON FUNCTION jirasync.resume_put_off_jobs(text, text[]) IS
    'For a worker that can ask the given sources: makes their jobs of the kind due that were put off by one that could not (put_off_jobs), though not before a Retry-After. Returns how many';
