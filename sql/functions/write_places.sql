-- The rows that pushes give a branch or tag in commit_refs: writes what is lacking or too much.
CREATE OR REPLACE FUNCTION jirasync.write_places(
    p_tenant text, p_source text, p_repository text, p_name text, p_places jirasync.push_place[], p_adds_only boolean,
    OUT changed integer, OUT shas text[], OUT is_redone boolean)
LANGUAGE plpgsql SET enable_hashjoin = on AS $$
BEGIN
    is_redone := false;
    IF p_adds_only THEN
        WITH put AS (
            INSERT INTO jirasync.commit_refs
                (tenant, source, repository, ref, sha, "position", on_line, bears_name, landed_at, is_pushed)
            SELECT p_tenant, p_source, p_repository, p_name, o.sha, o.position, o.on_line, o.bears_name, o.landed_at, true
            FROM unnest(p_places) o
            ORDER BY o.sha
            ON CONFLICT DO NOTHING
            RETURNING sha)
        SELECT count(*), coalesce(array_agg(p.sha), '{}') INTO changed, shas FROM put p;
        RETURN;
    END IF;
    WITH wanted AS MATERIALIZED (
        SELECT o.sha, o.position, o.on_line, o.bears_name, o.landed_at FROM unnest(p_places) o
    ), present AS MATERIALIZED (
        SELECT r.sha, r.position, r.on_line, r.bears_name, r.landed_at FROM jirasync.commit_refs r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
          AND r.ref = p_name AND r.is_pushed
    ), gone AS (
        DELETE FROM jirasync.commit_refs r
        USING (SELECT p.sha FROM present p EXCEPT SELECT w.sha FROM wanted w) e
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.sha = e.sha
          AND r.ref = p_name AND r.is_pushed
        RETURNING r.sha, 0 AS "position"
    ), put AS (
        INSERT INTO jirasync.commit_refs AS r
            (tenant, source, repository, ref, sha, "position", on_line, bears_name, landed_at, is_pushed)
        SELECT p_tenant, p_source, p_repository, p_name, d.sha, d.position, d.on_line, d.bears_name, d.landed_at, true
        FROM (SELECT * FROM wanted EXCEPT SELECT * FROM present) d
        ORDER BY d.sha
        ON CONFLICT (tenant, source, repository, sha, ref) DO UPDATE
        SET "position" = excluded.position, on_line = excluded.on_line, bears_name = excluded.bears_name,
            landed_at = excluded.landed_at, is_pushed = true
        -- (only a row that was updated has an xmax)
        RETURNING r.sha, CASE WHEN r.xmax = 0 THEN r.position ELSE 0 END
    )
    SELECT count(*), coalesce(array_agg(b.sha), '{}'),
           coalesce(min(b.position) <= (
               SELECT max(r.position) FROM jirasync.commit_refs r
               WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = p_name), false)
    INTO changed, shas, is_redone
    FROM (SELECT * FROM gone UNION ALL SELECT * FROM put) b;
END
$$;
COMMENT ON FUNCTION jirasync.write_places IS 'Write the difference between the pushed rows of a ref in commit_refs and the given places, or (p_adds_only) add those of commits that it has not; says how many rows and which commits changed, and (is_redone) whether that was not all above what there was';
