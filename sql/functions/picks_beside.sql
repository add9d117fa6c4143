-- The picks that take back what given commits do.
CREATE OR REPLACE FUNCTION jirasync.picks_beside(p_tenant text, p_source text, p_repository text, p_shas text[])
RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
        SELECT DISTINCT c.sha
        FROM (SELECT u.sha FROM unnest(p_shas) u (sha)
              UNION
              SELECT m.sha
              FROM unnest(p_shas) u (sha)
              CROSS JOIN LATERAL (
                  SELECT o.ref, o.position FROM jirasync.commit_refs o
                  WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = u.sha
                    AND NOT o.on_line
                  OFFSET 0) b
              CROSS JOIN LATERAL (
                  SELECT o.sha FROM jirasync.commit_refs o
                  WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.ref = b.ref
                    AND o.position = b.position AND o.on_line
                  OFFSET 0) m) merge
        CROSS JOIN LATERAL (
            SELECT o.sha FROM jirasync.commits o
            WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.picked_from = merge.sha
            OFFSET 0) c;
END
$$;
COMMENT ON FUNCTION jirasync.picks_beside IS 'Picks of the given commits, or of the merges that brought these to a line';
