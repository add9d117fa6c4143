-- Does a git host tell of a repository by webhook?
CREATE OR REPLACE FUNCTION jirasync.is_told_of(p_tenant text, p_source text, p_repository text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM jirasync.pushes p
        WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository)
    OR EXISTS (
        SELECT FROM jirasync.pull_requests q
        WHERE q.tenant = p_tenant AND q.source = p_source AND q.repository = p_repository)
    -- or did, until its deliveries were read anew
    OR EXISTS (
        SELECT FROM jirasync.refs r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.derived_to > 0);
END
$$;
COMMENT ON FUNCTION jirasync.is_told_of IS 'True for a repository with a push or a pull request; all that an import alone tells of is written by the import';
