-- Which counted branches of a repository hold whose rows: writes what counted_reach lacks or has too much.
CREATE OR REPLACE FUNCTION jirasync.write_counted_reach(p_tenant text, p_source text, p_repository text)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_changed integer;
BEGIN
    WITH wanted AS MATERIALIZED (
        SELECT * FROM jirasync.wanted_counted_reach(p_tenant, p_source, p_repository)
    ), present AS MATERIALIZED (
        SELECT * FROM jirasync.counted_reach r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
    ), gone AS (
        DELETE FROM jirasync.counted_reach r
        USING (SELECT p.ref, p.branch FROM present p EXCEPT SELECT w.ref, w.branch FROM wanted w) e
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
          AND r.ref = e.ref AND r.branch = e.branch
        RETURNING 1
    ), put AS (
        INSERT INTO jirasync.counted_reach AS r
        SELECT * FROM wanted EXCEPT SELECT * FROM present
        ON CONFLICT (tenant, source, repository, ref, branch) DO UPDATE
        SET up_to = excluded.up_to, is_rooted = excluded.is_rooted
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM put) INTO v_changed;
    RETURN v_changed;
END
$$;
COMMENT ON FUNCTION jirasync.write_counted_reach IS 'Write the difference between counted_reach of a repository and its definition; returns rows changed';
