-- The tips that a branch had and left otherwise than by going on.
CREATE OR REPLACE FUNCTION jirasync.former_ends(
    p_tenant text, p_source text, p_repository text, p_ref text, p_state jirasync.ref_state)
RETURNS TABLE (tip text, at timestamptz) LANGUAGE plpgsql STABLE SET enable_hashjoin = on AS $$
BEGIN
    RETURN QUERY
        SELECT p.before, max(p.received_at)
        FROM jirasync.pushes p
        WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.ref = p_ref
          AND p.kind = 'branch' AND NOT p.is_notice AND (p.after IS NULL OR p.is_forced OR p.listed = 0)
          AND p.before IS NOT NULL AND p.received_at > p_state.since AND p.before <> p_state.last_tip
          AND NOT EXISTS (SELECT FROM unnest(p_state.passed) t (tip) WHERE t.tip = p.before)
          AND NOT EXISTS (
              SELECT FROM jirasync.commit_refs r
              WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.sha = p.before
                AND r.ref IN (p_ref, p_ref || '~') AND NOT r.is_pushed)
        GROUP BY p.before
        ORDER BY 2, 1;
END
$$;
COMMENT ON FUNCTION jirasync.former_ends IS 'Part of write_former_lines: the commits that a branch was at before it was deleted or put elsewhere, and which are not on the way to its tip of today: it was made anew, or forced back, since';
