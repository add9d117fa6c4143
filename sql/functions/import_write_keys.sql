-- Bring the keys that imported messages name up to date.
CREATE OR REPLACE FUNCTION jirasync.import_write_keys(p_tenant text, p_source text, p_repository text)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_gone  integer;
    v_new   integer;
BEGIN
    WITH gone AS (
        DELETE FROM jirasync.commit_keys k
        USING (SELECT o.sha, o.key
               FROM jirasync.commit_keys o JOIN pg_temp.import_commits n ON n.sha = o.sha
               WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository
                 AND o.evidence = 'message'
               EXCEPT
               SELECT n.sha, u.key FROM pg_temp.import_commits n CROSS JOIN LATERAL unnest(n.keys) u (key)) g
        WHERE k.tenant = p_tenant AND k.source = p_source AND k.repository = p_repository AND k.sha = g.sha
          AND k.key = g.key AND k.evidence = 'message'
        RETURNING k.sha)
    INSERT INTO pg_temp.import_changed SELECT g.sha FROM gone g;
    GET DIAGNOSTICS v_gone = ROW_COUNT;
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
    RETURN v_gone + v_new;
END
$$;
COMMENT ON FUNCTION jirasync.import_write_keys IS 'Write the issue keys that imported commits name (evidence message). Evidence of other kinds stays. Returns rows changed';
