-- What a push left of what a branch held before it.
CREATE OR REPLACE FUNCTION jirasync.push_cut(
    p_step jirasync.push_step, p_state jirasync.ref_state, p_tenant text, p_source text, p_repository text, p_ref text,
    p_imported_to integer, p_start integer,
    OUT up_to integer, OUT life_at timestamptz, OUT base_sha text, OUT parent_ref text, OUT fork_position integer,
    OUT depends_on text[], OUT after_position integer, OUT kept jirasync.push_place[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_place     record;
    v_fork      record;
    v_base_sha  text;
BEGIN
    kept := '{}';
    base_sha := CASE WHEN p_step.listed = 0 THEN p_step.head ELSE p_step.base_sha END;
    IF p_step.listed > 0 AND NOT p_step.is_told THEN
        -- Nobody tells: the old tip is gone, and all from the first commit on that is listed again as another one.
        SELECT f.* INTO v_fork FROM jirasync.fork_beneath(p_state, p_tenant, p_source, p_repository, p_step.before) f;
        depends_on := v_fork.depends_on;
        IF v_fork.held_at IS NOT NULL THEN
            up_to := 0;
            life_at := p_step.at;
            base_sha := v_fork.base_sha;
            parent_ref := v_fork.parent_ref;
            fork_position := v_fork.fork_position;
            after_position := coalesce(fork_position, 0);
            RETURN;
        END IF;
        up_to := least(
            (SELECT b.position FROM jirasync.place_before(p_tenant, p_source, p_repository, p_ref, p_state.places, p_step.ord,
                                                          p_imported_to, p_step.before) b),
            jirasync.place_rewritten(p_tenant, p_source, p_repository, p_ref, p_state.places, p_step.ord, p_imported_to)) - 1;
        RETURN;
    END IF;
    SELECT b.* INTO v_place
    FROM jirasync.place_before(p_tenant, p_source, p_repository, p_ref, p_state.places, p_step.ord, p_imported_to, base_sha) b;
    IF v_place.on_line AND p_step.listed = 0 THEN
        up_to := v_place.position;
        RETURN;
    END IF;
    IF p_step.is_told THEN
        SELECT r.* INTO up_to, v_base_sha, parent_ref, fork_position, depends_on, after_position, kept
        FROM jirasync.retraced_line(p_step, p_state, p_tenant, p_source, p_repository, p_ref, p_imported_to, p_start) r;
    END IF;
    IF up_to IS NOT NULL THEN
        life_at := CASE WHEN parent_ref IS NOT NULL THEN p_step.at END;
        base_sha := v_base_sha;
    ELSIF NOT p_step.leaves_line AND (v_place.position IS NOT NULL OR p_step.listed > 0 OR p_step.is_forced) THEN
        -- It was put on what it did not hold, or nobody tells how it held that.
        up_to := 0;
        life_at := p_step.at;
        SELECT f.* INTO parent_ref, fork_position
        FROM jirasync.fork_of(p_tenant, p_source, p_repository, p_ref, life_at, base_sha) f;
        after_position := coalesce(fork_position, 0);
        -- what a merge had brought comes with the first commit that stands on it now
        kept := ARRAY(
            SELECT (p_step.ord, b.sha, p_start + 1, false, b.bears_name, b.landed_at)::jirasync.push_place
            FROM jirasync.still_brought(
                p_tenant, p_source, p_repository, p_ref, ARRAY(
                    SELECT o FROM unnest(p_state.places) o
                    WHERE o.ord < p_step.ord AND NOT o.on_line AND o.position = v_place.position),
                CASE WHEN v_place.position <= p_imported_to THEN v_place.position END, base_sha) b
            WHERE v_place.position IS NOT NULL);
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.push_cut IS 'Part of cut_line: up_to, the position up to which a branch still holds after a push what it held before, NULL: all of it. life_at is not NULL: none of it, it was put on base_sha, which stands at fork_position of parent_ref, or on nothing that is known. kept, the places that what went up there has now; after_position is not NULL: positions go on from there. p_imported_to: the position up to which it held what an import read, NULL where pushes alone tell of it; p_start: the position before those of this push';
