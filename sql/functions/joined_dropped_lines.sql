-- Hangs what was dropped of a branch on what was dropped of it later, where that held what it stood on.
CREATE OR REPLACE FUNCTION jirasync.joined_dropped_lines(
    p_state jirasync.ref_state, p_name text, p_imported_to integer)
RETURNS jirasync.dropped_line[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN ARRAY(
        SELECT (d.tip, d.at, d.life_at, d.base_sha, j.parent_ref,
                CASE WHEN j.parent_ref IS NOT NULL THEN d.fork_position END, d.places,
                d.is_fork_guessed)::jirasync.dropped_line
        FROM unnest(p_state.dropped) WITH ORDINALITY
             d (tip, at, life_at, base_sha, parent_ref, fork_position, places, is_fork_guessed, n)
        CROSS JOIN LATERAL (
            SELECT CASE WHEN d.parent_ref IS DISTINCT FROM p_name THEN d.parent_ref
                        -- an imported place is on the branch or set aside
                        WHEN d.life_at = '-infinity' AND d.fork_position <= p_imported_to
                            THEN CASE WHEN d.fork_position <= p_state.kept_to THEN p_name ELSE p_name || '~' END
                        ELSE coalesce((
                            SELECT p_name || '~' || left(l.tip, 12)
                            FROM unnest(p_state.dropped) WITH ORDINALITY
                                 l (tip, at, life_at, base_sha, parent_ref, fork_position, places, is_fork_guessed, n)
                            WHERE l.n > d.n AND l.life_at = d.life_at
                              AND EXISTS (SELECT FROM unnest(l.places) o WHERE o.position = d.fork_position)
                            ORDER BY l.n LIMIT 1), CASE WHEN d.life_at = p_state.life_at THEN p_name END)
                   END AS parent_ref) j
        ORDER BY d.n);
END
$$;
COMMENT ON FUNCTION jirasync.joined_dropped_lines IS 'Part of cut_line: the dropped lines with the ref that each of them is on top of in the end; none where that was the commit alone that the branch had been put on';
