-- The rows of issue_fix_versions of the given issues, or of all.
CREATE OR REPLACE FUNCTION jirasync.present_fix_versions(p_tenant text, p_sources text[], p_ids bigint[])
RETURNS SETOF jirasync.issue_fix_versions LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_ids IS NULL THEN
        RETURN QUERY SELECT f.* FROM jirasync.issue_fix_versions f WHERE f.tenant = p_tenant;
    ELSE
        -- OFFSET 0 keeps each look-up whole, so that it goes by index from its issue
        RETURN QUERY SELECT f.* FROM unnest(p_sources, p_ids) u (source, issue_id)
            CROSS JOIN LATERAL (
                SELECT * FROM jirasync.issue_fix_versions v
                WHERE v.tenant = p_tenant AND v.source = u.source AND v.issue_id = u.issue_id
                OFFSET 0) f;
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.present_fix_versions IS 'Scope rows as stored, of the issues given as parallel arrays; of all where they are NULL';
