-- Bring commit_refs up to date with import_places, for the refs that were read and those that are gone.
CREATE OR REPLACE FUNCTION jirasync.import_write_places(
    p_tenant text, p_source text, p_repository text, p_all_commits boolean)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_gone     integer;
    v_updated  integer;
    v_new      integer;
BEGIN
    IF NOT p_all_commits THEN
        DELETE FROM pg_temp.import_places p
        WHERE NOT EXISTS (SELECT FROM pg_temp.import_commits n WHERE n.sha = p.sha)
          AND NOT EXISTS (
              SELECT FROM jirasync.commits c
              WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = p.sha);
    END IF;
    -- What a push to the branch brought first was made on it, however it landed.
    UPDATE pg_temp.import_places p SET bears_name = true
    WHERE p.on_line AND NOT p.bears_name AND EXISTS (
        SELECT
        FROM jirasync.push_commits l
        CROSS JOIN LATERAL (
            SELECT n.ref, n.kind FROM jirasync.pushes n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.delivery_id = l.delivery_id AND n.change = l.change
            OFFSET 0) n
        WHERE l.tenant = p_tenant AND l.source = p_source AND l.repository = p_repository AND l.sha = p.sha
          AND NOT l.is_known_elsewhere AND n.ref = p.ref AND n.kind = 'branch');
    WITH gone AS (
        DELETE FROM jirasync.commit_refs r
        -- What pushes tell of refs that are gone, and beyond the tips that were read, is left to them.
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND NOT r.is_pushed
          AND r.ref IN (SELECT n.ref FROM pg_temp.import_refs n
                        UNION ALL
                        SELECT n.ref || '~' FROM pg_temp.import_refs n
                        UNION ALL
                        SELECT d.ref FROM jirasync.refs d
                        WHERE d.tenant = p_tenant AND d.source = p_source AND d.repository = p_repository
                          AND d.deleted_at IS NOT NULL)
          AND NOT EXISTS (SELECT FROM pg_temp.import_places p WHERE p.sha = r.sha AND p.ref = r.ref)
        RETURNING r.sha)
    INSERT INTO pg_temp.import_changed SELECT g.sha FROM gone g;
    GET DIAGNOSTICS v_gone = ROW_COUNT;
    WITH moved AS (
        UPDATE jirasync.commit_refs r
        SET position = p.position, landed_at = to_timestamp(p.landed), on_line = p.on_line, bears_name = p.on_line AND p.bears_name,
            is_pushed = false
        FROM pg_temp.import_places p
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
          AND r.sha = p.sha AND r.ref = p.ref
          AND (r.position, r.landed_at, r.on_line, r.bears_name, r.is_pushed)
              IS DISTINCT FROM (p.position, to_timestamp(p.landed), p.on_line, p.on_line AND p.bears_name, false)
        RETURNING r.sha)
    INSERT INTO pg_temp.import_changed SELECT m.sha FROM moved m;
    GET DIAGNOSTICS v_updated = ROW_COUNT;
    WITH new AS (
        INSERT INTO jirasync.commit_refs (tenant, source, repository, ref, sha, position, landed_at, on_line, bears_name)
        SELECT p_tenant, p_source, p_repository, p.ref, p.sha, p.position, to_timestamp(p.landed), p.on_line, p.on_line AND p.bears_name
        FROM pg_temp.import_places p
        WHERE NOT EXISTS (
            SELECT FROM jirasync.commit_refs r
            WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
              AND r.sha = p.sha AND r.ref = p.ref)
        RETURNING sha)
    INSERT INTO pg_temp.import_changed SELECT n.sha FROM new n;
    GET DIAGNOSTICS v_new = ROW_COUNT;
    RETURN v_gone + v_updated + v_new;
END
$$;
COMMENT ON FUNCTION jirasync.import_write_places IS 'Write where the commits of an import are on the branches and tags; only differing rows. Without all commits, places of commits that are neither sent nor known are left out. Returns rows changed';
