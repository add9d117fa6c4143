-- The merges whose standing follows from that of given commits.
CREATE OR REPLACE FUNCTION jirasync.merges_beside(p_tenant text, p_source text, p_repository text, p_shas text[])
RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
        SELECT DISTINCT m.sha
        FROM (SELECT DISTINCT o.ref, o.position
              FROM unnest(p_shas) u (sha)
              CROSS JOIN LATERAL (
                  SELECT n.ref, n.position FROM jirasync.commit_refs n
                  WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = u.sha
                    AND NOT n.on_line
                  OFFSET 0) o) p
        CROSS JOIN LATERAL (
            SELECT n.sha FROM jirasync.commit_refs n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.ref = p.ref
              AND n.position = p.position
            OFFSET 0) b
        CROSS JOIN LATERAL (
            SELECT n.sha FROM jirasync.commits n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = b.sha
              AND coalesce(cardinality(n.parents) > 1, n.is_merge_named)
            OFFSET 0) m;
END
$$;
COMMENT ON FUNCTION jirasync.merges_beside IS 'Of the commits that one of the given ones came with, the merge that brought them to a line and merges among them: nothing is left of these once all of the others are taken back';
