-- Which pushes to a branch dropped commits, and what they left of it.
CREATE OR REPLACE FUNCTION jirasync.push_cuts(
    p_tenant text, p_source text, p_repository text, p_ref text, p_deliveries text[], p_changes integer[],
    p_places jirasync.push_place[], p_imported_to integer)
RETURNS TABLE (ord integer, up_to integer, is_moved boolean, base_sha text, beside integer)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
    r        record;
    v_place  record;
BEGIN
    FOR r IN SELECT s.* FROM jirasync.push_steps(p_tenant, p_source, p_repository, p_deliveries, p_changes, p_places) s
             WHERE (s.ord > 1 OR p_imported_to IS NOT NULL) AND (s.is_forced OR s.listed = 0 OR NOT s.goes_on)
             ORDER BY s.ord
    LOOP
        ord := r.ord;
        base_sha := CASE WHEN r.listed = 0 THEN r.head ELSE r.base_sha END;
        is_moved := false;
        beside := NULL;
        IF r.listed = 0 OR r.is_told THEN
            -- It was put on a commit of its line, on one that a merge had brought, or on one that it did not hold.
            SELECT b.* INTO v_place
            FROM jirasync.place_before(p_tenant, p_source, p_repository, p_ref, p_places, r.ord, p_imported_to, base_sha) b;
            CONTINUE WHEN v_place.position IS NULL AND r.listed = 0 AND NOT r.is_forced;
            is_moved := v_place.on_line IS NOT TRUE;
            beside := CASE WHEN NOT v_place.on_line THEN v_place.position END;
            up_to := CASE WHEN v_place.on_line THEN v_place.position ELSE 0 END;
        ELSE
            -- Nobody tells: the old tip is gone, and all from the first commit on that is listed again as another one.
            up_to := least(
                (SELECT b.position FROM jirasync.place_before(p_tenant, p_source, p_repository, p_ref, p_places, r.ord,
                                                              p_imported_to, r.before) b),
                jirasync.place_rewritten(p_tenant, p_source, p_repository, p_ref, p_places, r.ord, p_imported_to)) - 1;
            CONTINUE WHEN up_to IS NULL;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION jirasync.push_cuts IS 'The pushes (by their number) after which a branch holds of its earlier places only those up to a position; is_moved: none of them, it was put on base_sha, or on nothing that is known; beside: the position where a merge had brought base_sha and what that stands on, which the branch holds still. p_imported_to: the position of the tip that an import read, NULL where pushes alone tell of the branch';
