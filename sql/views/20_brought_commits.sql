-- What came with a merge to a line that counts, and what is left of it.
CREATE OR REPLACE VIEW jirasync.brought_commits AS
SELECT m.tenant, m.source, m.repository, m.sha AS merge, o.sha, b.is_revert, v.reverted_by,
       b.is_revert OR v.reverted_by IS NOT NULL AS is_undone
FROM jirasync.commits m
-- (OFFSET 0 keeps each look-up whole, so that it goes by index from the merge, also before the tables have statistics)
CROSS JOIN LATERAL (
    SELECT n.ref, n.position
    FROM jirasync.commit_refs n
    CROSS JOIN LATERAL (
        SELECT FROM jirasync.refs r
        WHERE r.tenant = n.tenant AND r.source = n.source AND r.repository = n.repository AND r.ref = n.ref
          AND r.counted_to >= n.position
        OFFSET 0) line
    WHERE n.tenant = m.tenant AND n.source = m.source AND n.repository = m.repository AND n.sha = m.sha
    ORDER BY n.on_line DESC, n.position, n.ref
    LIMIT 1) place
CROSS JOIN LATERAL (
    SELECT n.sha FROM jirasync.commit_refs n
    WHERE n.tenant = m.tenant AND n.source = m.source AND n.repository = m.repository AND n.ref = place.ref
      AND n.position = place.position AND NOT n.on_line
    OFFSET 0) o
CROSS JOIN LATERAL (
    SELECT n.is_revert FROM jirasync.commit_landing n
    WHERE n.tenant = m.tenant AND n.source = m.source AND n.repository = m.repository AND n.sha = o.sha
      AND n.is_merge IS NOT TRUE
    OFFSET 0) b
LEFT JOIN LATERAL (
    SELECT n.reverted_by FROM jirasync.reverted_commits n
    WHERE n.tenant = m.tenant AND n.source = m.source AND n.repository = m.repository AND n.sha = o.sha
      AND n.holds AND n.is_everywhere
    OFFSET 0) v ON true
WHERE coalesce(cardinality(m.parents) > 1, m.is_merge_named);
COMMENT ON VIEW jirasync.brought_commits IS 'Of each merge on a line that counts, or else among what another one brought there, the commits that came to that place, but for merges: is it a revert, which revert took it back on each branch that has it, and (is_undone) either';
