-- What reverts have taken back in what a tag, or an end of a range, holds.
CREATE OR REPLACE FUNCTION jirasync.taken_back(
    p_tenant text, p_source text, p_repository text, p_reverts text[], p_targets text[],
    p_shas text[], p_holders text[], p_positions integer[])
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
    WITH held AS MATERIALIZED (
        SELECT u.sha, u.holder, min(u.position) AS "position"
        FROM unnest(p_shas, p_holders, p_positions) u (sha, holder, "position") GROUP BY u.sha, u.holder
    )
    -- (a commit that is named was there before: of two that one merge brought, too)
    SELECT array_agg(r.revert), array_agg(r.target), array_agg(own.holder) INTO v_reverts, v_targets, v_holders
    FROM unnest(p_reverts, p_targets) r (revert, target)
    JOIN held own ON own.sha = r.revert
    JOIN held earlier
      ON earlier.sha = r.target AND earlier.holder = own.holder AND (earlier.position > own.position) IS NOT TRUE;
    IF v_reverts IS NOT NULL THEN
        RETURN QUERY SELECT e.revert, e.target, e.branch FROM jirasync.effective_reverts(v_reverts, v_targets, v_holders) e;
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.taken_back IS 'Of reverts_tied_to() those that hold in what holds both (parallel arrays of commits, holders and places on a line of theirs, NULL: only dates tell an order): the target did not come after it, and the revert is not taken back there itself';
