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
LEFT JOIN LATERAL (
    -- A merge is no work of its own: nothing is left of it where each commit that came with it is taken back, or a revert. Of
    -- a key that stands only where its message lists commits, those are asked that have it, if any has.
    SELECT coalesce(bool_and(b.is_revert) FILTER (WHERE named.is_asked), bool_and(b.is_revert)) AS is_revert,
           CASE WHEN bool_or(named.is_asked) THEN min(v.reverted_by) FILTER (WHERE named.is_asked) ELSE min(v.reverted_by) END
               AS reverted_by
    FROM jirasync.commit_refs p
    JOIN jirasync.refs line
      ON line.tenant = p.tenant AND line.source = p.source AND line.repository = p.repository AND line.ref = p.ref
     AND line.counted_to >= p.position
    JOIN jirasync.commit_refs o
      ON o.tenant = p.tenant AND o.source = p.source AND o.repository = p.repository AND o.ref = p.ref
     AND o.position = p.position AND NOT o.on_line
    JOIN jirasync.commit_landing b
      ON b.tenant = o.tenant AND b.source = o.source AND b.repository = o.repository AND b.sha = o.sha AND b.is_merge IS NOT TRUE
    LEFT JOIN jirasync.reverted_commits v
      ON v.tenant = o.tenant AND v.source = o.source AND v.repository = o.repository AND v.sha = o.sha
     AND v.holds AND v.is_everywhere
    LEFT JOIN LATERAL (
        SELECT true AS is_asked
        FROM jirasync.commit_keys k
        WHERE ck.evidence = 'message' AND (ck.key = ANY (c.handed_keys)) IS FALSE
          AND k.tenant = o.tenant AND k.source = o.source AND k.repository = o.repository AND k.sha = o.sha AND k.key = ck.key
        LIMIT 1) named ON true
    WHERE c.is_merge AND p.tenant = ck.tenant AND p.source = ck.source AND p.repository = ck.repository AND p.sha = ck.sha
    HAVING coalesce(bool_and(b.is_revert OR v.sha IS NOT NULL) FILTER (WHERE named.is_asked),
                    bool_and(b.is_revert OR v.sha IS NOT NULL))
    OFFSET 0) undone ON true
WHERE owner.deleted_at IS NULL;
COMMENT ON VIEW jirasync.wanted_issue_commits IS 'What issue_commits is to be. A key that several issues have borne belongs to the live one that bears it now, else to the one that took it last; a deleted issue has no commits. A merge counts as long as something that came with it does, or nothing is known of that; for a key that only its list of commits has, as long as one of those that have the key does';
