-- Scope with its history: writes what issue_fix_versions lacks or has too much.
CREATE OR REPLACE FUNCTION jirasync.write_fix_versions(p_tenant text, p_sources text[], p_ids bigint[])
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_changed integer;
BEGIN
    WITH present AS MATERIALIZED (SELECT * FROM jirasync.present_fix_versions(p_tenant, p_sources, p_ids)),
    wanted AS MATERIALIZED (SELECT * FROM jirasync.wanted_fix_versions(p_tenant, p_sources, p_ids)),
    extra AS (
        SELECT source, issue_id, version_id, added_at FROM present
        EXCEPT SELECT source, issue_id, version_id, added_at FROM wanted
    ), gone AS (
        DELETE FROM jirasync.issue_fix_versions f USING extra e
        WHERE f.tenant = p_tenant AND f.source = e.source AND f.issue_id = e.issue_id
          AND f.version_id = e.version_id AND f.added_at = e.added_at
        RETURNING 1
    ), put AS (
        INSERT INTO jirasync.issue_fix_versions
            (tenant, source, issue_id, version_id, fix_version, added_at, removed_at)
        SELECT tenant, source, issue_id, version_id, fix_version, added_at, removed_at FROM wanted
        EXCEPT SELECT tenant, source, issue_id, version_id, fix_version, added_at, removed_at FROM present
        ON CONFLICT (tenant, source, issue_id, version_id, added_at) DO UPDATE
        SET fix_version = excluded.fix_version, removed_at = excluded.removed_at
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM put) INTO v_changed;
    RETURN v_changed;
END
$$;
COMMENT ON FUNCTION jirasync.write_fix_versions IS 'Write the difference between issue_fix_versions and its definition, for the given issues or (arrays NULL) for all; returns rows changed';
