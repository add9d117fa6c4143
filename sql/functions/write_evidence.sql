-- The keys that commits have by their branch, a merge or a pull request: writes what is lacking or too much.
CREATE OR REPLACE FUNCTION jirasync.write_evidence(
    p_tenant text, p_source text, p_repository text, p_shas text[], OUT changed integer, OUT shas text[])
LANGUAGE plpgsql SET enable_hashjoin = on AS $$
BEGIN
    WITH wanted AS MATERIALIZED (
        SELECT w.sha, w.key, w.evidence, w.via FROM jirasync.wanted_evidence w
        WHERE p_shas IS NULL AND w.tenant = p_tenant AND w.source = p_source AND w.repository = p_repository
        UNION ALL
        SELECT w.sha, w.key, w.evidence, w.via
        FROM (SELECT DISTINCT g.sha FROM unnest(p_shas) g (sha)) u
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.wanted_evidence n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = u.sha
            OFFSET 0) w
    ), present AS MATERIALIZED (
        SELECT k.sha, k.key, k.evidence, k.via FROM jirasync.commit_keys k
        WHERE p_shas IS NULL AND k.tenant = p_tenant AND k.source = p_source AND k.repository = p_repository
          AND k.evidence IN ('branch', 'merge', 'pull_request')
        UNION ALL
        SELECT k.sha, k.key, k.evidence, k.via
        FROM (SELECT DISTINCT g.sha FROM unnest(p_shas) g (sha)) u
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.commit_keys n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = u.sha
              AND n.evidence IN ('branch', 'merge', 'pull_request')
            OFFSET 0) k
    ), gone AS (
        DELETE FROM jirasync.commit_keys k
        USING (SELECT * FROM present EXCEPT SELECT * FROM wanted) e
        WHERE k.tenant = p_tenant AND k.source = p_source AND k.repository = p_repository AND k.sha = e.sha
          AND k.key = e.key AND k.evidence = e.evidence AND k.via = e.via
        RETURNING k.sha
    ), put AS (
        INSERT INTO jirasync.commit_keys (tenant, source, repository, sha, key, evidence, via)
        SELECT p_tenant, p_source, p_repository, d.sha, d.key, d.evidence, d.via
        FROM (SELECT * FROM wanted EXCEPT SELECT * FROM present) d
        RETURNING sha
    )
    SELECT count(*), coalesce(array_agg(b.sha), '{}') INTO changed, shas
    FROM (SELECT sha FROM gone UNION ALL SELECT sha FROM put) b;
END
$$;
COMMENT ON FUNCTION jirasync.write_evidence IS 'Write the difference between the rows of commit_keys with evidence branch, merge or pull_request and wanted_evidence, for the given commits of a repository or (NULL) for all; says how many rows and which commits changed';
