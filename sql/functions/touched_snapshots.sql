-- The snapshots of the touched issues, or of all.
CREATE OR REPLACE FUNCTION jirasync.touched_snapshots(p_tenant text, p_sources text[], p_ids bigint[])
RETURNS SETOF jirasync.issue_snapshots LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_ids IS NULL THEN
        RETURN QUERY SELECT s.* FROM jirasync.issue_snapshots s WHERE s.tenant = p_tenant;
    ELSE
        -- OFFSET 0 keeps each look-up whole, so that it goes by index from its issue
        RETURN QUERY SELECT s.* FROM unnest(p_sources, p_ids) u (source, issue_id)
            CROSS JOIN LATERAL (
                SELECT * FROM jirasync.issue_snapshots n
                WHERE n.tenant = p_tenant AND n.source = u.source AND n.issue_id = u.issue_id
                OFFSET 0) s;
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.touched_snapshots IS 'Snapshots of the issues given as parallel arrays; of all the tenant''s where they are NULL';
