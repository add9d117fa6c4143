-- The commits whose standing depends on the given ones through reverts.
CREATE OR REPLACE FUNCTION jirasync.revert_neighbourhood(
    p_tenant text, p_source text, p_repository text, p_shas text[])
RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_known     text[] := p_shas;
    v_frontier  text[] := p_shas;
BEGIN
    LOOP
        v_frontier := ARRAY(
            SELECT t.target
            FROM unnest(v_frontier) u (sha)
            CROSS JOIN LATERAL (
                SELECT w.target FROM jirasync.wanted_revert_targets w
                WHERE w.tenant = p_tenant AND w.source = p_source AND w.repository = p_repository
                  AND w.sha = u.sha
                OFFSET 0) t
            UNION
            SELECT r.sha
            FROM unnest(v_frontier) u (sha)
            JOIN jirasync.reverted_commits r
              ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
             AND r.reverted_by = u.sha
            UNION
            SELECT * FROM jirasync.revert_candidates(p_tenant, p_source, p_repository, v_frontier)
            EXCEPT
            SELECT unnest(v_known));
        EXIT WHEN cardinality(v_frontier) = 0;
        v_known := v_known || v_frontier;
    END LOOP;
    RETURN v_known;
END
$$;
COMMENT ON FUNCTION jirasync.revert_neighbourhood IS 'The given commits and all that reverts tie to them: what they take back or took back, and what takes them back, and so on';
