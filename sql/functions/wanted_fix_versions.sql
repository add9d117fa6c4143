-- The rows that issue_fix_versions is to have for the given issues, or for all.
CREATE OR REPLACE FUNCTION jirasync.wanted_fix_versions(p_tenant text, p_sources text[], p_ids bigint[])
RETURNS SETOF jirasync.issue_fix_versions LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_ids IS NULL THEN
        RETURN QUERY SELECT w.tenant, w.source, w.issue_id, w.version_id, w.fix_version, w.added_at, w.removed_at
            FROM jirasync.wanted_issue_fix_versions w WHERE w.tenant = p_tenant;
    ELSE
        -- OFFSET 0 keeps each look-up whole, so that it goes by index from its issue
        RETURN QUERY
            SELECT w.tenant, w.source, w.issue_id, w.version_id, w.fix_version, w.added_at, w.removed_at
            FROM unnest(p_sources, p_ids) u (source, issue_id)
            CROSS JOIN LATERAL (
                SELECT * FROM jirasync.wanted_issue_fix_versions v
                WHERE v.tenant = p_tenant AND v.source = u.source AND v.issue_id = u.issue_id
                OFFSET 0) w;
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.wanted_fix_versions IS 'wanted_issue_fix_versions of the issues given as parallel arrays; of all where they are NULL';
