-- Writes which commits of a repository are taken back by which reverts, and on which branches.
CREATE OR REPLACE FUNCTION jirasync.write_reverted_commits(
    p_tenant text, p_source text, p_repository text, p_shas text[],
    p_reverts text[], p_targets text[], p_branches text[], OUT changed integer, OUT shas text[])
LANGUAGE plpgsql SET enable_hashjoin = on AS $$
BEGIN
    WITH named AS (
        SELECT DISTINCT l.target, l.revert FROM unnest(p_reverts, p_targets) l (revert, target)
    ), effective AS MATERIALIZED (
        SELECT * FROM jirasync.effective_reverts(p_reverts, p_targets, p_branches)
    ), taken AS (
        SELECT e.target, array_remove(array_agg(DISTINCT e.branch ORDER BY e.branch), '') AS branches,
               count(DISTINCT e.branch) >= (
                   SELECT count(DISTINCT h.branch) FROM jirasync.counted_places h
                   WHERE h.tenant = p_tenant AND h.source = p_source AND h.repository = p_repository
                     AND h.sha = e.target) AS is_everywhere
        FROM effective e
        GROUP BY e.target
    ), ranked AS (
        SELECT n.target, n.revert, e.target IS NOT NULL AND row_number() OVER (
                   PARTITION BY n.target ORDER BY e.target IS NULL, c.landed_at, n.revert) = 1 AS holds
        FROM named n
        LEFT JOIN (SELECT DISTINCT f.revert, f.target FROM effective f) e
          ON e.target = n.target AND e.revert = n.revert
        CROSS JOIN LATERAL (
            SELECT max(k.landed_at) AS landed_at FROM jirasync.commits k
            WHERE k.tenant = p_tenant AND k.source = p_source AND k.repository = p_repository AND k.sha = n.revert
            OFFSET 0) c
    ), wanted AS MATERIALIZED (
        SELECT r.target AS sha, r.revert AS reverted_by, r.holds, r.holds AND t.is_everywhere AS is_everywhere,
               CASE WHEN r.holds THEN t.branches ELSE '{}' END AS reverted_on
        FROM ranked r
        LEFT JOIN taken t ON t.target = r.target
    ), present AS MATERIALIZED (
        SELECT r.sha, r.reverted_by, r.holds, r.is_everywhere, r.reverted_on FROM jirasync.reverted_commits r
        WHERE p_shas IS NULL AND r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
        UNION ALL
        SELECT r.sha, r.reverted_by, r.holds, r.is_everywhere, r.reverted_on FROM unnest(p_shas) u (sha)
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
        INSERT INTO jirasync.reverted_commits AS r
            (tenant, source, repository, sha, reverted_by, holds, is_everywhere, reverted_on)
        SELECT p_tenant, p_source, p_repository, d.sha, d.reverted_by, d.holds, d.is_everywhere, d.reverted_on
        FROM (SELECT * FROM wanted EXCEPT SELECT * FROM present) d
        ON CONFLICT (tenant, source, repository, sha, reverted_by) DO UPDATE
        SET holds = excluded.holds, is_everywhere = excluded.is_everywhere, reverted_on = excluded.reverted_on
        RETURNING r.sha
    ), both_ways AS (SELECT sha FROM gone UNION ALL SELECT sha FROM put)
    SELECT count(*), coalesce(array_agg(DISTINCT b.sha), '{}') INTO changed, shas FROM both_ways b;
END
$$;
COMMENT ON FUNCTION jirasync.write_reverted_commits IS 'Write the difference between reverted_commits and the given reverts, their targets and the branches where both are; of several that hold the first that landed is shown';
