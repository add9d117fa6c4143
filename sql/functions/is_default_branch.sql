-- Is a branch the default one of its repository?
CREATE OR REPLACE FUNCTION jirasync.is_default_branch(p_tenant text, p_source text, p_repository text, p_ref text)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_told  text := (SELECT r.default_branch FROM jirasync.repositories r
                     WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository);
BEGIN
    IF v_told IS NOT NULL OR p_ref NOT IN ('main', 'master') THEN
        RETURN p_ref IS NOT DISTINCT FROM v_told;
    END IF;
    RETURN p_ref = 'main' OR NOT EXISTS (
        SELECT FROM jirasync.pushes p
        WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.ref = 'main'
          AND p.kind = 'branch' AND NOT p.is_notice);
END
$$;
COMMENT ON FUNCTION jirasync.is_default_branch IS 'True for the default branch, as an import or the host told it; while nobody has, that is main, else master';
