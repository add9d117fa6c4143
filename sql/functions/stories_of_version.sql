-- The issues that are in a fix version now, by the version's name.
CREATE OR REPLACE FUNCTION jirasync.stories_of_version(p_tenant text, p_fix_version text)
RETURNS TABLE (source text, issue_id bigint, issue_key text, summary text, fix_versions text[], state text,
               first_landed_at timestamptz, freeze_at timestamptz, added_at timestamptz,
               project_key text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT v.source, f.issue_id, c.issue_key, c.summary, c.fix_versions, c.state, c.first_landed_at, v.freeze_at,
               f.added_at, v.project_key
        FROM jirasync.versions v
        CROSS JOIN LATERAL (
            SELECT n.issue_id, n.added_at FROM jirasync.issue_fix_versions n
            WHERE n.tenant = p_tenant AND n.source = v.source AND n.version_id = v.version_id AND n.removed_at IS NULL
            OFFSET 0) f
        CROSS JOIN LATERAL (
            SELECT n.issue_key, n.summary, n.fix_versions, n.state, n.first_landed_at FROM jirasync.issue_coverage n
            WHERE n.tenant = p_tenant AND n.source = v.source AND n.issue_id = f.issue_id
            OFFSET 0) c
        WHERE v.tenant = p_tenant AND v.name = p_fix_version;
END
$$;
COMMENT ON FUNCTION jirasync.stories_of_version IS 'version_stories of every version of that name, with the issues'' ids, by index';
