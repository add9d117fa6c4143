-- Which reverts hold: a revert that is itself taken back gives back what it took.
CREATE OR REPLACE FUNCTION jirasync.effective_reverts(p_reverts text[], p_targets text[])
RETURNS TABLE (revert text, target text, holds boolean) LANGUAGE plpgsql IMMUTABLE
SET enable_nestloop = off SET enable_hashjoin = on AS $$
DECLARE
    v_taken   text[] := '{}';
    v_before  text[];
    v_next    text[];
BEGIN
    -- Each turn settles one more level of reverts of reverts. A ring of reverts never settles: there the turns
    -- swing between two answers, and the one that takes back less holds.
    LOOP
        v_next := ARRAY(
            SELECT DISTINCT e.target
            FROM unnest(p_reverts, p_targets) e (revert, target)
            WHERE NOT EXISTS (SELECT FROM unnest(v_taken) t (sha) WHERE t.sha = e.revert)
            ORDER BY e.target);
        EXIT WHEN v_next = v_taken OR v_next = v_before;
        v_before := v_taken;
        v_taken := v_next;
    END LOOP;
    IF cardinality(v_next) < cardinality(v_taken) THEN
        v_before := v_taken;
        v_taken := v_next;
    ELSE
        v_before := v_next;
    END IF;
    -- v_taken is taken back in any case, v_before at the most: what lies between is undecided.
    RETURN QUERY
        SELECT e.revert, e.target, doubted.sha IS NULL
        FROM unnest(p_reverts, p_targets) e (revert, target)
        JOIN unnest(v_before) possible (sha) ON possible.sha = e.target
        LEFT JOIN unnest(v_before) doubted (sha) ON doubted.sha = e.revert
        WHERE NOT EXISTS (SELECT FROM unnest(v_taken) t (sha) WHERE t.sha = e.revert);
END
$$;
COMMENT ON FUNCTION jirasync.effective_reverts IS 'Of reverts and their targets (parallel arrays) those that hold, since the revert is not itself taken back by one that holds, and (holds false) those that a ring of reverts leaves undecided';
