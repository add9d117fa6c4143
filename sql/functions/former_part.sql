-- Of a line that a branch had once, what its line of today has not got.
CREATE OR REPLACE FUNCTION jirasync.former_part(
    p_former jirasync.ref_state, p_today jirasync.ref_state, p_ref text)
RETURNS jirasync.ref_state LANGUAGE plpgsql IMMUTABLE SET enable_hashjoin = on AS $$
DECLARE
    v_state  jirasync.ref_state := p_former;
    v_last   record;
BEGIN
    SELECT f.sha, f.position AS was_at, t.position AS is_at INTO v_last
    FROM unnest(p_former.places) f
    JOIN unnest(p_today.places) t ON t.sha = f.sha AND t.on_line
    -- (what the branch is cut from today may well be the former one)
    WHERE f.on_line AND f.sha IS DISTINCT FROM p_today.base_sha
    ORDER BY f.position DESC LIMIT 1;
    IF v_last.sha IS NOT NULL THEN
        v_state.life_at := p_today.life_at;
        v_state.base_sha := NULL;
        v_state.is_fork_guessed := false;
        v_state.parent_ref := p_ref;
        v_state.fork_position := v_last.is_at;
        v_state.places := ARRAY(
            SELECT (f.ord, f.sha, f.position - v_last.was_at + v_last.is_at, f.on_line, f.bears_name,
                    f.landed_at)::jirasync.push_place
            FROM unnest(p_former.places) f WHERE f.position > v_last.was_at);
    END IF;
    RETURN v_state;
END
$$;
COMMENT ON FUNCTION jirasync.former_part IS 'Part of write_former_line: where both lines have a commit, the former one is cut from today''s there and has only what came after';
