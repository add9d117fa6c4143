-- Which reverts hold on which branch: a revert that is itself taken back there gives back what it took.
CREATE OR REPLACE FUNCTION jirasync.effective_reverts(p_reverts text[], p_targets text[], p_branches text[])
RETURNS TABLE (revert text, target text, branch text) LANGUAGE plpgsql IMMUTABLE
SET enable_nestloop = off SET enable_hashjoin = on AS $$
DECLARE
    v_taken   text[] := '{}';
    v_before  text[];
    v_next    text[];
BEGIN
    -- Each turn settles one more level of reverts of reverts, on all branches at once; BRANCH:SHA is a commit on a
    -- branch (a ref's name has no colon). A ring of reverts never settles: there the turns swing between two answers,
    -- and the one that takes back less holds.
    LOOP
        v_next := ARRAY(
            SELECT DISTINCT e.branch || ':' || e.target
            FROM unnest(p_reverts, p_targets, p_branches) e (revert, target, branch)
            WHERE NOT EXISTS (SELECT FROM unnest(v_taken) t (place) WHERE t.place = e.branch || ':' || e.revert)
            ORDER BY 1);
        EXIT WHEN v_next = v_taken OR v_next = v_before;
        v_before := v_taken;
        v_taken := v_next;
    END LOOP;
    -- What may be taken back at the most; a revert among it is taken back or in doubt, and takes nothing back.
    IF cardinality(v_next) < cardinality(v_taken) THEN
        v_next := v_taken;
    END IF;
    RETURN QUERY
        SELECT DISTINCT e.revert, e.target, e.branch
        FROM unnest(p_reverts, p_targets, p_branches) e (revert, target, branch)
        WHERE NOT EXISTS (SELECT FROM unnest(v_next) t (place) WHERE t.place = e.branch || ':' || e.revert);
END
$$;
COMMENT ON FUNCTION jirasync.effective_reverts IS 'Of reverts, their targets and the branches where both are (parallel arrays) those that hold: the revert is not itself taken back there by one that holds, nor left in doubt by a ring of reverts';
