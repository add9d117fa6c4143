-- Which ref has by now the line from which an import found a branch to be cut.
CREATE OR REPLACE FUNCTION jirasync.imported_parent(
    p_tenant text, p_source text, p_repository text, p_parent_ref text, p_fork_position integer)
RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    -- A parent whose places the import found there, and which has dropped them since, is set aside with them.
    RETURN p_parent_ref || CASE WHEN EXISTS (
        SELECT FROM jirasync.refs r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = p_parent_ref || '~'
          AND (r.parent_ref IS DISTINCT FROM p_parent_ref OR r.fork_position < p_fork_position)) THEN '~' ELSE '' END;
END
$$;
COMMENT ON FUNCTION jirasync.imported_parent IS 'Part of ref_line: the parent that an import gave a branch, or NAME~ where it has dropped the commit at that position since';
