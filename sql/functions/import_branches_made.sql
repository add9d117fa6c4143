-- In which order the branches of a repository were made, as far as pushes tell.
CREATE OR REPLACE FUNCTION jirasync.import_branches_made(p_tenant text, p_source text, p_repository text)
RETURNS TABLE (ref text, made bigint) LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT p.ref COLLATE "C", rank() OVER (ORDER BY max(p.received_at))
    FROM jirasync.pushes p
    WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.kind = 'branch'
      AND p.before IS NULL
    GROUP BY p.ref ORDER BY 1;
END
$$;
COMMENT ON FUNCTION jirasync.import_branches_made IS 'Branches that pushes told to be made, by name, and which came first (from 1 on; those that came at once share a number): an import gives what two branches share to the one that was made first';
