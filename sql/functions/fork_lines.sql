-- What a branch holds by what it was cut from.
CREATE OR REPLACE FUNCTION jirasync.fork_lines(
    p_state jirasync.ref_state, p_tenant text, p_source text, p_repository text,
    OUT refs text[], OUT limits integer[], OUT depends_on text[])
LANGUAGE plpgsql STABLE AS $$
BEGIN
    -- (a fork that is guessed says nothing of one commit)
    SELECT array_agg(l.ref), array_agg(l."limit") INTO refs, limits
    FROM jirasync.lines_below(p_tenant, p_source, p_repository, ARRAY[p_state.parent_ref], ARRAY[p_state.fork_position]) l
    WHERE NOT p_state.is_fork_guessed;
    depends_on := ARRAY(
        SELECT n.name
        FROM (SELECT p_state.base_sha UNION SELECT split_part(l.ref, '~', 1) FROM unnest(refs) l (ref)
              UNION SELECT unnest(p_state.depends_on)) n (name)
        WHERE n.name IS NOT NULL ORDER BY 1);
END
$$;
COMMENT ON FUNCTION jirasync.fork_lines IS 'Part of push_cut: the lines that a branch was cut from, each up to which position, NULL where that is a guess; depends_on, what a state depends on that goes by what is there, or is not';
