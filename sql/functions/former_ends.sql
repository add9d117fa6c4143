-- The tips that a branch had when it was deleted, but for the last time.
CREATE OR REPLACE FUNCTION jirasync.former_ends(
    p_tenant text, p_source text, p_repository text, p_ref text, p_state jirasync.ref_state, p_since timestamptz)
RETURNS TABLE (tip text, at timestamptz) LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
        SELECT p.before, max(p.received_at)
        FROM jirasync.pushes_of_ref(p_tenant, p_source, p_repository, p_ref, 'branch') p
        WHERE p.after = '' AND p.before <> '' AND p.received_at > p_since AND p.before <> p_state.last_tip
          AND NOT EXISTS (SELECT FROM unnest(p_state.places) o WHERE o.sha = p.before)
        GROUP BY p.before
        ORDER BY 2, 1;
END
$$;
COMMENT ON FUNCTION jirasync.former_ends IS 'Part of write_former_lines: the commits that a branch was at when it was deleted and which its line does not hold, the branch having been made anew since';
