-- Which revert names what: writes what revert_names lacks or has too much.
CREATE OR REPLACE FUNCTION jirasync.write_revert_names(
    p_tenant text, p_source text, p_repository text, p_shas text[])
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_changed integer;
BEGIN
    WITH wanted AS MATERIALIZED (
        SELECT w.sha, w.named FROM jirasync.wanted_revert_names w
        WHERE p_shas IS NULL AND w.tenant = p_tenant AND w.source = p_source AND w.repository = p_repository
        UNION ALL
        SELECT w.sha, w.named
        FROM unnest(p_shas) u (sha)
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.wanted_revert_names n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = u.sha
            OFFSET 0) w
    ), present AS MATERIALIZED (
        SELECT r.sha, r.named FROM jirasync.revert_names r
        WHERE p_shas IS NULL AND r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
        UNION ALL
        SELECT r.sha, r.named
        FROM unnest(p_shas) u (sha)
        JOIN jirasync.revert_names r
          ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.sha = u.sha
    ), extra AS (
        SELECT sha, named FROM present EXCEPT SELECT sha, named FROM wanted
    ), gone AS (
        DELETE FROM jirasync.revert_names r USING extra e
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
          AND r.sha = e.sha AND r.named = e.named
        RETURNING 1
    ), put AS (
        INSERT INTO jirasync.revert_names (tenant, source, repository, sha, named)
        SELECT p_tenant, p_source, p_repository, d.sha, d.named
        FROM (SELECT sha, named FROM wanted EXCEPT SELECT sha, named FROM present) d
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM put) INTO v_changed;
    RETURN v_changed;
END
$$;
COMMENT ON FUNCTION jirasync.write_revert_names IS 'Write the difference between revert_names and its definition, for the given commits of a repository or (NULL) for all; returns rows changed';
