-- Which branches and tags hang on commits of another one.
CREATE OR REPLACE FUNCTION jirasync.refs_cut_from(
    p_tenant text, p_source text, p_repository text, p_ref text, p_is_redone boolean, p_shas text[])
RETURNS TABLE (ref text) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT DISTINCT CASE WHEN d.kind = 'tag' AND d.ref LIKE 'tags/%' THEN substr(d.ref, 6)
                             ELSE split_part(d.ref, '~', 1) END
        FROM unnest(p_shas) u (sha)
        CROSS JOIN LATERAL (
            SELECT r.ref, r.kind FROM jirasync.refs r
            WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.base_sha = u.sha
            OFFSET 0) d
        UNION
        SELECT split_part(r.ref, '~', 1)
        FROM jirasync.refs r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.counted
          AND r.is_fork_guessed AND r.ref <> p_ref
          AND jirasync.is_default_branch(p_tenant, p_source, p_repository, p_ref)
        UNION
        SELECT split_part(r.ref, '~', 1)
        FROM jirasync.refs r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.depends_on <> '{}'
          AND r.depends_on && (p_shas || CASE WHEN p_is_redone THEN p_ref END);
END
$$;
COMMENT ON FUNCTION jirasync.refs_cut_from IS 'The refs whose base_sha is one of the given commits (p_ref itself, too: it may have been cut from a line of its own name), and, of the default branch, those of which only a guess says where they were cut; and those that left a line of p_ref or were forced, and go by what it held then, if that changed otherwise than by going on (p_is_redone), or by one of the commits';
