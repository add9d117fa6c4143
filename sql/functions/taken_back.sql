-- What reverts have taken back in what a tag, or an end of a range, holds.
CREATE OR REPLACE FUNCTION jirasync.taken_back(
    p_tenant text, p_source text, p_repository text, p_reverts text[], p_targets text[],
    p_shas text[], p_holders text[], p_positions integer[], p_on_line boolean[])
RETURNS TABLE (revert text, target text, holder text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off SET enable_mergejoin = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    v_reverts  text[];
    v_targets  text[];
    v_holders  text[];
BEGIN
    WITH held AS (
        SELECT DISTINCT ON (u.sha, u.holder) u.sha, u.holder, u.position, u.on_line
        FROM unnest(p_shas, p_holders, p_positions, p_on_line) u (sha, holder, "position", on_line)
        ORDER BY u.sha, u.holder, u.position NULLS LAST
    ), placed AS MATERIALIZED (
        -- in the order of places_between()
        SELECT h.sha, h.holder, row_number() OVER (
                   PARTITION BY h.holder
                   ORDER BY h.position NULLS LAST, h.on_line AND h.position IS NOT NULL, c.committed_at, h.sha) AS place
        FROM held h
        CROSS JOIN LATERAL (
            SELECT n.committed_at FROM jirasync.commits n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = h.sha
            OFFSET 0) c
    )
    SELECT array_agg(r.revert), array_agg(r.target), array_agg(own.holder) INTO v_reverts, v_targets, v_holders
    FROM unnest(p_reverts, p_targets) r (revert, target)
    JOIN placed own ON own.sha = r.revert
    JOIN placed earlier ON earlier.sha = r.target AND earlier.holder = own.holder AND earlier.place < own.place;
    IF v_reverts IS NOT NULL THEN
        RETURN QUERY SELECT e.revert, e.target, e.branch FROM jirasync.effective_reverts(v_reverts, v_targets, v_holders) e;
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.taken_back IS 'Of reverts_tied_to() those that hold in what holds both (parallel arrays of commits, holders and places on a line of theirs, NULL: only dates tell an order): the target came before, and the revert is not taken back there itself';
