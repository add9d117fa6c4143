-- Definition of the links between issues and commits.
CREATE OR REPLACE VIEW jirasync.wanted_issue_commits AS
SELECT DISTINCT ck.tenant, owner.source, owner.issue_id, coalesce(owner.issue_key, ck.key) AS issue_key,
       ck.source AS commit_source, ck.repository, ck.sha, ck.evidence, ck.key AS named_key,
       c.is_merge, CASE WHEN r.is_everywhere THEN r.reverted_by ELSE undone.reverted_by END AS reverted_by,
       c.landed AND NOT c.is_revert AND NOT c.is_unreachable AND r.is_everywhere IS NOT TRUE AND undone.is_revert IS NULL
           AS counts,
       CASE WHEN c.landed THEN coalesce(c.branch_landed_at, c.committed_at) END AS landed_at,
       c.is_revert OR undone.is_revert IS TRUE AS is_revert, c.is_unreachable, r.reverted_on, c.picked_from AS original_sha
FROM jirasync.commit_keys ck
JOIN jirasync.commit_landing c
  ON c.tenant = ck.tenant AND c.source = ck.source AND c.repository = ck.repository AND c.sha = ck.sha
CROSS JOIN LATERAL (
    SELECT i.source, i.issue_id, i.issue_key, i.deleted_at
    FROM jirasync.issue_keys k
    JOIN jirasync.issues i ON i.tenant = k.tenant AND i.source = k.source AND i.issue_id = k.issue_id
    WHERE k.tenant = ck.tenant AND k.issue_key = ck.key
    ORDER BY (i.deleted_at IS NULL AND i.issue_key = k.issue_key) IS TRUE DESC, k.since DESC, i.source, i.issue_id
    LIMIT 1) owner
LEFT JOIN jirasync.reverted_commits r
  ON r.tenant = ck.tenant AND r.source = ck.source AND r.repository = ck.repository AND r.sha = ck.sha
 AND r.holds
CROSS JOIN LATERAL (
    -- a key that stands only where the merge's message lists commits
    SELECT c.is_merge AND ck.evidence = 'message' AND (ck.key = ANY (c.handed_keys)) IS FALSE AND EXISTS (
        SELECT FROM jirasync.brought_commits o
        JOIN jirasync.commit_keys k
          ON k.tenant = o.tenant AND k.source = o.source AND k.repository = o.repository AND k.sha = o.sha AND k.key = ck.key
        WHERE o.tenant = ck.tenant AND o.source = ck.source AND o.repository = ck.repository AND o.merge = ck.sha) AS is_listed
    OFFSET 0) key
LEFT JOIN LATERAL (
    -- A merge is no work of its own: nothing is left of it where each commit that came with it, of a key that is only listed
    -- each that has the key, is taken back, or a revert.
    SELECT bool_and(o.is_revert) AS is_revert, min(o.reverted_by) AS reverted_by
    FROM jirasync.brought_commits o
    WHERE c.is_merge AND o.tenant = ck.tenant AND o.source = ck.source AND o.repository = ck.repository AND o.merge = ck.sha
      AND (NOT key.is_listed OR EXISTS (
          SELECT FROM jirasync.commit_keys k
          WHERE k.tenant = o.tenant AND k.source = o.source AND k.repository = o.repository AND k.sha = o.sha AND k.key = ck.key))
      AND NOT EXISTS (
          SELECT FROM jirasync.brought_commits s
          WHERE s.tenant = ck.tenant AND s.source = ck.source AND s.repository = ck.repository AND s.merge = ck.sha
            AND NOT s.is_undone
            AND (NOT key.is_listed OR EXISTS (
                SELECT FROM jirasync.commit_keys k
                WHERE k.tenant = s.tenant AND k.source = s.source AND k.repository = s.repository AND k.sha = s.sha
                  AND k.key = ck.key)))
    HAVING count(*) > 0
    OFFSET 0) undone ON true
WHERE owner.deleted_at IS NULL;
COMMENT ON VIEW jirasync.wanted_issue_commits IS 'What issue_commits is to be. A key that several issues have borne belongs to the live one that bears it now, else to the one that took it last; a deleted issue has no commits. A merge counts as long as something that came with it does, or nothing is known of that; for a key that only its list of commits has, as long as one of those that have the key does';
