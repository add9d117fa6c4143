-- Bring commit_keys up to date with what the imported messages name, and what merges hand down.
CREATE OR REPLACE FUNCTION jirasync.import_write_keys(
    p_tenant text, p_source text, p_repository text, p_all boolean)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_gone    integer;
    v_handed  integer;
    v_new     integer;
    v_down    integer;
BEGIN
    -- Only a merge on the first-parent line of a counted branch hands its keys down: to what has its position there.
    INSERT INTO pg_temp.import_handed (sha, key, via)
    SELECT DISTINCT p.sha, k.key, m.sha
    FROM pg_temp.import_commits n
    CROSS JOIN LATERAL unnest(n.handed_keys) k (key)
    JOIN pg_temp.import_places m ON m.sha = n.sha AND m.on_line
    JOIN pg_temp.import_places p ON p.ref = m.ref AND p.position = m.position AND p.sha <> m.sha;
    ANALYZE pg_temp.import_handed;
    WITH gone AS (
        DELETE FROM jirasync.commit_keys k USING pg_temp.import_commits n
        WHERE k.tenant = p_tenant AND k.source = p_source AND k.repository = p_repository AND k.sha = n.sha
          AND k.evidence = 'message' AND (k.key = ANY (n.keys)) IS NOT TRUE
        RETURNING k.sha)
    INSERT INTO pg_temp.import_changed SELECT g.sha FROM gone g;
    GET DIAGNOSTICS v_gone = ROW_COUNT;
    WITH gone AS (
        DELETE FROM jirasync.commit_keys k
        WHERE k.tenant = p_tenant AND k.source = p_source AND k.repository = p_repository AND k.evidence = 'merge'
          AND (p_all OR EXISTS (SELECT FROM pg_temp.import_places m WHERE m.sha = k.via AND m.on_line)
                    AND EXISTS (SELECT FROM pg_temp.import_commits n WHERE n.sha = k.via))
          AND NOT EXISTS (
              SELECT FROM pg_temp.import_handed h WHERE h.sha = k.sha AND h.key = k.key AND h.via = k.via)
        RETURNING k.sha)
    INSERT INTO pg_temp.import_changed SELECT g.sha FROM gone g;
    GET DIAGNOSTICS v_handed = ROW_COUNT;
    WITH new AS (
        INSERT INTO jirasync.commit_keys AS k (tenant, source, repository, sha, key, evidence)
        SELECT DISTINCT p_tenant, p_source, p_repository, n.sha, u.key, 'message'
        FROM pg_temp.import_commits n CROSS JOIN LATERAL unnest(n.keys) u (key)
        WHERE NOT EXISTS (
            SELECT FROM jirasync.commit_keys o
            WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = n.sha
              AND o.key = u.key AND o.evidence = 'message' AND o.via = '')
        RETURNING k.sha)
    INSERT INTO pg_temp.import_changed SELECT n.sha FROM new n;
    GET DIAGNOSTICS v_new = ROW_COUNT;
    WITH new AS (
        INSERT INTO jirasync.commit_keys AS k (tenant, source, repository, sha, key, evidence, via)
        SELECT p_tenant, p_source, p_repository, h.sha, h.key, 'merge', h.via
        FROM pg_temp.import_handed h
        WHERE NOT EXISTS (
            SELECT FROM jirasync.commit_keys o
            WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = h.sha
              AND o.key = h.key AND o.evidence = 'merge' AND o.via = h.via)
        RETURNING k.sha)
    INSERT INTO pg_temp.import_changed SELECT n.sha FROM new n;
    GET DIAGNOSTICS v_down = ROW_COUNT;
    RETURN v_gone + v_handed + v_new + v_down;
END
$$;
COMMENT ON FUNCTION jirasync.import_write_keys IS 'Write the issue keys that imported commits name (evidence message), and those that merges hand down to what they brought in (evidence merge, via the merge). Evidence of other kinds stays. Returns rows changed';
