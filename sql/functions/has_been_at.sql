-- Has a branch been at a commit before?
CREATE OR REPLACE FUNCTION jirasync.has_been_at(p_row jirasync.refs, p_sha text, p_seq bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN p_sha = p_row.sha OR EXISTS (
        SELECT FROM (
            SELECT r.ref FROM jirasync.commit_refs r
            WHERE r.tenant = p_row.tenant AND r.source = p_row.source AND r.repository = p_row.repository AND r.sha = p_sha
            OFFSET 0) o
        WHERE o.ref IN (p_row.ref, p_row.ref || '~'))
    OR EXISTS (
        SELECT FROM jirasync.pushes p
        WHERE p.tenant = p_row.tenant AND p.source = p_row.source AND p.repository = p_row.repository AND p.ref = p_row.ref
          AND p.after = p_sha AND p.seq <> p_seq)
    OR EXISTS (
        SELECT FROM jirasync.pushes p
        WHERE p.tenant = p_row.tenant AND p.source = p_row.source AND p.repository = p_row.repository AND p.ref = p_row.ref
          AND p.before = p_sha AND p.seq <= p_row.derived_to);
END
$$;
COMMENT ON FUNCTION jirasync.has_been_at IS 'Part of extend_ref: true where the commit has a place on the branch already, or another push ends at it, or one that is in the row begins there';
