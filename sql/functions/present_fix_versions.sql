-- The rows of issue_fix_versions of the given issues, or of all.
CREATE OR REPLACE FUNCTION jirasync.present_fix_versions(p_tenant text, p_sources text[], p_ids bigint[])
RETURNS SETOF jirasync.issue_fix_versions LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_ids IS NULL THEN
        RETURN QUERY SELECT f.* FROM jirasync.issue_fix_versions f WHERE f.tenant = p_tenant;
    ELSE
        RETURN QUERY SELECT f.* FROM unnest(p_sources, p_ids) u (source, issue_id)
            JOIN jirasync.issue_fix_versions f
              ON f.tenant = p_tenant AND f.source = u.source AND f.issue_id = u.issue_id;
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.present_fix_versions IS 'Scope rows as stored, of the issues given as parallel arrays; of all where they are NULL';
