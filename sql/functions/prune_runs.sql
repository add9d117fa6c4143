-- Takes old runs apart: first their items and changes of states, then the document, much later the row. One batch.

CREATE OR REPLACE FUNCTION jirasync.prune_runs(p_tenant text DEFAULT 'main')
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
DECLARE
    v_cutoff  timestamptz := jirasync.prune_cutoff('prune_runs_days');
    v_end     timestamptz := jirasync.prune_cutoff('prune_ledger_days');
    v_left    bigint := jirasync.setting_number('prune_batch_rows');
    v_most    bigint := v_left;
    v_rows    bigint;
    v_run     text;
BEGIN
    FOR v_run IN
        SELECT r.run_id
          FROM jirasync.runs r
         WHERE r.tenant = p_tenant AND r.finished_at < v_cutoff AND r.document IS NOT NULL
         ORDER BY r.finished_at
         LIMIT v_most
           FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        DELETE FROM jirasync.run_items i
         WHERE i.ctid = ANY (ARRAY(
                   SELECT o.ctid FROM jirasync.run_items o WHERE o.tenant = p_tenant AND o.run_id = v_run LIMIT v_left))
           AND i.tenant = p_tenant;
        GET DIAGNOSTICS v_rows = ROW_COUNT;
        v_left := v_left - v_rows;
        EXIT WHEN v_left <= 0;      -- it may have more: its document goes with the last of them
        DELETE FROM jirasync.run_states s
         WHERE s.ctid = ANY (ARRAY(
                   SELECT o.ctid FROM jirasync.run_states o WHERE o.tenant = p_tenant AND o.run_id = v_run LIMIT v_left))
           AND s.tenant = p_tenant;
        GET DIAGNOSTICS v_rows = ROW_COUNT;
        v_left := v_left - v_rows;
        EXIT WHEN v_left <= 0;
        UPDATE jirasync.runs r SET document = NULL WHERE r.tenant = p_tenant AND r.run_id = v_run;
        v_left := v_left - 1;
        EXIT WHEN v_left <= 0;
    END LOOP;
    IF v_left > 0 THEN
        DELETE FROM jirasync.runs r
         WHERE r.ctid = ANY (ARRAY(
                   SELECT o.ctid
                     FROM jirasync.runs o
                    WHERE o.tenant = p_tenant AND o.finished_at < v_end AND o.document IS NULL
                    ORDER BY o.finished_at
                    LIMIT v_left
                      FOR UPDATE SKIP LOCKED))
           AND r.tenant = p_tenant;
        GET DIAGNOSTICS v_rows = ROW_COUNT;
        v_left := v_left - v_rows;
    END IF;
    RETURN v_most - v_left;
END
$$;
COMMENT ON FUNCTION jirasync.prune_runs(text) IS
    'Part of the prune job: deletes the items and changes of states and drops the document of runs older than prune_runs_days, and deletes the rows of those older than prune_ledger_days; up to prune_batch_rows rows, returns how many. run_coverage, which coverage_history shows, stays for good';
