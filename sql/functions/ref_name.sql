-- The name in refs of a branch or tag that pushes tell of.
CREATE OR REPLACE FUNCTION jirasync.ref_name(
    p_tenant text, p_source text, p_repository text, p_ref text, p_kind text)
RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_kind = 'tag' AND (EXISTS (
            SELECT FROM jirasync.pushes p
            WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.ref = p_ref
              AND p.kind = 'branch' AND NOT p.is_notice)
        OR EXISTS (
            SELECT FROM jirasync.refs r
            WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = p_ref
              AND r.kind = 'branch')) THEN
        RETURN 'tags/' || p_ref;
    END IF;
    RETURN p_ref;
END
$$;
COMMENT ON FUNCTION jirasync.ref_name IS 'The name itself; a tag that bears the name of a branch is tags/NAME, as an import has it';
