-- Ends a backfill.

CREATE OR REPLACE FUNCTION jirasync.end_backfill(p_tenant text, p_id bigint, p_problem text DEFAULT NULL)
RETURNS interval
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_run  jirasync.backfills;
BEGIN
    UPDATE jirasync.backfills b
       SET state = CASE WHEN p_problem IS NULL THEN 'finished' ELSE 'stopped' END, problem = p_problem,
           finished_at = CASE WHEN p_problem IS NULL THEN clock_timestamp() END,
           working_time = b.working_time + (clock_timestamp() - b.noted_at), noted_at = clock_timestamp()
     WHERE b.tenant = p_tenant AND b.id = p_id AND b.state = 'running'
    RETURNING * INTO v_run;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF p_problem IS NULL AND v_run.jql = '' THEN
        -- All there was is mirrored as it was then, or later.
        INSERT INTO jirasync.site_positions AS p (tenant, source, changed_until)
        VALUES (p_tenant, v_run.source, v_run.started_at)
        ON CONFLICT (tenant, source) DO UPDATE SET changed_until = greatest(p.changed_until, excluded.changed_until);
    END IF;
    PERFORM pg_advisory_unlock(hashtext('jirasync backfill'), hashtext(p_tenant || '/' || v_run.source));
    RETURN v_run.working_time;
END
$$;
COMMENT ON FUNCTION jirasync.end_backfill(text, bigint, text) IS
    'Ends a backfill: finished, and its beginning is the site''s watermark unless a condition left issues out; or, with a problem, stopped. Returns how long it was at work, NULL when it does not run any more';
