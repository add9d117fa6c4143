-- Enqueues jobs, set-based: one row for each (kind, source, key) that waits.

CREATE OR REPLACE FUNCTION jirasync.enqueue_jobs(p_tenant text, p_kind text[], p_source text[], p_key text[],
                                                 p_is_quiet boolean[] DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_debounce  interval := jirasync.setting_number('debounce_ms') * interval '1 ms';
    v_cap       interval := jirasync.setting_number('debounce_cap_ms') * interval '1 ms';
    v_attempts  integer := jirasync.setting_number('max_attempts');
    v_new       integer;
BEGIN
    -- The conflicting row is locked even where its time stays: a claim can't take it before this event is committed.
    WITH written AS (
        INSERT INTO jirasync.jobs AS j (tenant, kind, source, key, max_attempts, is_quiet)
        SELECT p_tenant, w.kind, w.source, w.key, v_attempts, bool_and(coalesce(w.is_quiet, false))
          FROM unnest(p_kind, p_source, p_key, p_is_quiet) AS w (kind, source, key, is_quiet)
         GROUP BY w.kind, w.source, w.key
         ORDER BY w.kind, w.source, w.key
        ON CONFLICT (tenant, kind, source, key) WHERE state IN ('available', 'retryable') DO UPDATE
           SET run_at = greatest(j.not_before, least(now() + v_debounce, j.first_at + v_cap)),
               is_quiet = j.is_quiet AND excluded.is_quiet
         WHERE j.run_at <> greatest(j.not_before, least(now() + v_debounce, j.first_at + v_cap))
            OR j.is_quiet AND NOT excluded.is_quiet
        RETURNING j.xmax = 0 AS is_new
    )
    SELECT count(*) FILTER (WHERE is_new) INTO v_new FROM written;
    RETURN v_new;
END
$$;
COMMENT ON FUNCTION jirasync.enqueue_jobs(text, text[], text[], text[], boolean[]) IS
    'Enqueues jobs; one that waits already is moved to debounce_ms from now, at most debounce_cap_ms after it was first enqueued, never before a Retry-After; it stays quiet while all that asked for it are. Returns how many rows are new';
