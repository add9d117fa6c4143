-- Writes which commits of a repository are taken back, and by which revert.
CREATE OR REPLACE FUNCTION jirasync.write_reverted_commits(
    p_tenant text, p_source text, p_repository text, p_shas text[],
    p_reverts text[], p_targets text[], p_landed timestamptz[], OUT changed integer, OUT shas text[])
LANGUAGE plpgsql SET enable_hashjoin = on AS $$
BEGIN
    WITH wanted AS MATERIALIZED (
        SELECT DISTINCT ON (e.target) e.target AS sha, e.revert AS reverted_by, e.holds
        FROM jirasync.effective_reverts(p_reverts, p_targets) e
        JOIN unnest(p_reverts, p_targets, p_landed) l (revert, target, landed_at)
          ON l.revert = e.revert AND l.target = e.target
        ORDER BY e.target, e.holds DESC, l.landed_at, e.revert
    ), present AS MATERIALIZED (
        SELECT r.sha, r.reverted_by, r.holds FROM jirasync.reverted_commits r
        WHERE p_shas IS NULL AND r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
        UNION ALL
        SELECT r.sha, r.reverted_by, r.holds FROM unnest(p_shas) u (sha)
        JOIN jirasync.reverted_commits r
          ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.sha = u.sha
    ), extra AS (
        SELECT sha FROM present EXCEPT SELECT sha FROM wanted
    ), gone AS (
        DELETE FROM jirasync.reverted_commits r USING extra e
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.sha = e.sha
        RETURNING r.sha
    ), put AS (
        INSERT INTO jirasync.reverted_commits AS r (tenant, source, repository, sha, reverted_by, holds)
        SELECT p_tenant, p_source, p_repository, d.sha, d.reverted_by, d.holds
        FROM (SELECT * FROM wanted EXCEPT SELECT * FROM present) d
        ON CONFLICT (tenant, source, repository, sha) DO UPDATE SET
            reverted_by = excluded.reverted_by, holds = excluded.holds
        RETURNING r.sha
    ), both_ways AS (SELECT sha FROM gone UNION ALL SELECT sha FROM put)
    SELECT count(*), coalesce(array_agg(b.sha), '{}') INTO changed, shas FROM both_ways b;
END
$$;
COMMENT ON FUNCTION jirasync.write_reverted_commits IS 'Write the difference between reverted_commits and the reverts that hold; of several the first that landed is shown';
