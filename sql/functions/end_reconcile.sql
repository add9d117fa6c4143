-- Ends a reconciliation, with its report.

CREATE OR REPLACE FUNCTION jirasync.end_reconcile(
    p_tenant text, p_id bigint, p_compared bigint, p_missing bigint, p_changed bigint, p_deletes bigint, p_moved bigint,
    p_requests bigint, p_problem text DEFAULT NULL, p_at timestamptz DEFAULT NULL)
RETURNS interval
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_run  jirasync.reconciliations;
BEGIN
    UPDATE jirasync.reconciliations r
       SET state = CASE WHEN p_problem IS NULL THEN 'finished' ELSE 'failed' END,
           finished_at = coalesce(p_at, clock_timestamp()), compared = p_compared, missing_found = p_missing,
           changed_found = p_changed, deletes_found = p_deletes, moved_found = p_moved, requests = p_requests,
           problem = p_problem
     WHERE r.tenant = p_tenant AND r.id = p_id AND r.state = 'running'
    RETURNING * INTO v_run;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    DELETE FROM jirasync.listed_issues l WHERE l.tenant = p_tenant AND l.reconciliation_id = p_id;
    IF p_problem IS NULL THEN
        UPDATE jirasync.site_positions p
           SET changed_until = greatest(p.changed_until, v_run.started_at), asked_by = NULL
         WHERE p.tenant = p_tenant AND p.source = v_run.source;
    END IF;
    PERFORM pg_advisory_unlock(hashtext('jirasync reconcile'), hashtext(p_tenant || '/' || v_run.source));
    RETURN v_run.finished_at - v_run.started_at;
END
$$;
COMMENT ON FUNCTION jirasync.end_reconcile(text, bigint, bigint, bigint, bigint, bigint, bigint, bigint, text, timestamptz) IS
    'Writes what a reconciliation found; without a problem its beginning is the new watermark. Returns how long it took, NULL when it does not run any more';
