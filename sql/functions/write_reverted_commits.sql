-- Writes which commits of a repository are named by which reverts, and which of these hold.
CREATE OR REPLACE FUNCTION jirasync.write_reverted_commits(
    p_tenant text, p_source text, p_repository text, p_shas text[],
    p_reverts text[], p_targets text[], p_landed timestamptz[], OUT changed integer, OUT shas text[])
LANGUAGE plpgsql SET enable_hashjoin = on AS $$
BEGIN
    WITH named AS (
        SELECT DISTINCT l.target, l.revert, l.landed_at FROM unnest(p_reverts, p_targets, p_landed) l (revert, target, landed_at)
    ), effective AS MATERIALIZED (
        SELECT DISTINCT e.target, e.revert FROM jirasync.effective_reverts(p_reverts, p_targets) e WHERE e.holds
    ), wanted AS MATERIALIZED (
        SELECT n.target AS sha, n.revert AS reverted_by,
               e.revert IS NOT NULL AND row_number() OVER (
                   PARTITION BY n.target ORDER BY e.revert IS NULL, n.landed_at, n.revert) = 1 AS holds
        FROM named n
        LEFT JOIN effective e ON e.target = n.target AND e.revert = n.revert
    ), present AS MATERIALIZED (
        SELECT r.sha, r.reverted_by, r.holds FROM jirasync.reverted_commits r
        WHERE p_shas IS NULL AND r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
        UNION ALL
        SELECT r.sha, r.reverted_by, r.holds FROM unnest(p_shas) u (sha)
        JOIN jirasync.reverted_commits r
          ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.sha = u.sha
    ), extra AS (
        SELECT sha, reverted_by FROM present EXCEPT SELECT sha, reverted_by FROM wanted
    ), gone AS (
        DELETE FROM jirasync.reverted_commits r USING extra e
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
          AND r.sha = e.sha AND r.reverted_by = e.reverted_by
        RETURNING r.sha
    ), put AS (
        INSERT INTO jirasync.reverted_commits AS r (tenant, source, repository, sha, reverted_by, holds)
        SELECT p_tenant, p_source, p_repository, d.sha, d.reverted_by, d.holds
        FROM (SELECT * FROM wanted EXCEPT SELECT * FROM present) d
        ON CONFLICT (tenant, source, repository, sha, reverted_by) DO UPDATE SET holds = excluded.holds
        RETURNING r.sha
    ), both_ways AS (SELECT sha FROM gone UNION ALL SELECT sha FROM put)
    SELECT count(*), coalesce(array_agg(DISTINCT b.sha), '{}') INTO changed, shas FROM both_ways b;
END
$$;
COMMENT ON FUNCTION jirasync.write_reverted_commits IS 'Write the difference between reverted_commits and the given reverts and their targets; of several that hold the first that landed is shown';
