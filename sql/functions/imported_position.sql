-- Where an import found a commit on a branch.
CREATE OR REPLACE FUNCTION jirasync.imported_position(
    p_tenant text, p_source text, p_repository text, p_name text, p_sha text, p_else integer)
RETURNS integer LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((
        SELECT r.position FROM jirasync.commit_refs r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.sha = p_sha
          AND r.ref IN (p_name, p_name || '~') AND NOT r.is_pushed), p_else);
END
$$;
COMMENT ON FUNCTION jirasync.imported_position IS 'The position of a commit among the places that an import gave on a branch, dropped ones too; p_else where it has none';
