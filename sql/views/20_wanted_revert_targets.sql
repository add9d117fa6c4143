-- Definition of what a revert takes back: what it names, what a merge of that brought, and picks and originals of these.
CREATE OR REPLACE VIEW jirasync.wanted_revert_targets AS
SELECT n.tenant, n.source, n.repository, n.sha, target.sha AS target, named.sha AS named, target.is_named, target.is_brought
FROM jirasync.revert_names n
CROSS JOIN LATERAL (
    SELECT n.named AS digits WHERE strpos(n.named, '#') = 0
    UNION ALL
    SELECT q.merge_sha
    FROM jirasync.pull_requests q
    WHERE strpos(n.named, '#') > 0 AND q.tenant = n.tenant AND q.source = n.source
      AND q.repository = coalesce(nullif(split_part(n.named, '#', 1), ''), n.repository)
      AND q.number = substring(n.named FROM '#([0-9]+)$')::bigint
    UNION ALL
    SELECT b.sha
    FROM jirasync.rebased_commits b
    WHERE strpos(n.named, '#') > 0 AND b.tenant = n.tenant AND b.source = n.source
      AND b.repository = coalesce(nullif(split_part(n.named, '#', 1), ''), n.repository)
      AND b.number = substring(n.named FROM '#([0-9]+)$')::bigint) name
CROSS JOIN LATERAL (
    SELECT min(t.sha) AS sha
    FROM (SELECT k.sha FROM jirasync.commits k
          WHERE k.tenant = n.tenant AND k.source = n.source AND k.repository = n.repository
            AND k.sha >= name.digits AND k.sha < name.digits || 'g'
          ORDER BY k.sha LIMIT 2) t
    HAVING count(*) = 1) named
CROSS JOIN LATERAL (
    WITH RECURSIVE work (sha, is_named, is_brought) AS (
        SELECT named.sha, true, false
        UNION
        SELECT step.sha, step.is_named, step.is_brought
        FROM work w
        CROSS JOIN LATERAL (
            SELECT o.sha, o.picked_from, o.parents, o.is_merge_named FROM jirasync.commits o
            WHERE o.tenant = n.tenant AND o.source = n.source AND o.repository = n.repository AND o.sha = w.sha
            OFFSET 0) c
        CROSS JOIN LATERAL (
            SELECT o.sha, false AS is_named, w.is_brought FROM jirasync.commits o
            WHERE o.tenant = n.tenant AND o.source = n.source AND o.repository = n.repository AND o.sha = c.picked_from
            UNION ALL
            SELECT o.sha, false, w.is_brought FROM jirasync.commits o
            WHERE o.tenant = n.tenant AND o.source = n.source AND o.repository = n.repository AND o.picked_from = c.sha
            UNION ALL
            SELECT brought.sha, w.is_named, true
            FROM (SELECT o.ref, o.position FROM jirasync.commit_refs o
                  WHERE o.tenant = n.tenant AND o.source = n.source AND o.repository = n.repository AND o.sha = c.sha AND o.on_line
                    AND (cardinality(c.parents) > 1 OR c.parents IS NULL AND c.is_merge_named)
                  OFFSET 0) place
            CROSS JOIN LATERAL (
                SELECT FROM jirasync.refs o
                WHERE o.tenant = n.tenant AND o.source = n.source AND o.repository = n.repository AND o.ref = place.ref
                  AND o.counted_to >= place.position
                OFFSET 0) line
            CROSS JOIN LATERAL (
                SELECT o.sha FROM jirasync.commit_refs o
                WHERE o.tenant = n.tenant AND o.source = n.source AND o.repository = n.repository AND o.ref = place.ref
                  AND o.position = place.position AND NOT o.on_line
                OFFSET 0) brought
            OFFSET 0) step)
    SELECT w.sha, bool_or(w.is_named) AS is_named, bool_and(w.is_brought) AS is_brought FROM work w GROUP BY w.sha) target
WHERE target.sha <> n.sha;
COMMENT ON VIEW jirasync.wanted_revert_targets IS 'Each revert and each commit it takes back, where it has landed, by which named commit. A sha cut short names a commit only while one commit fits; a pull request names its merge, or the commits that it became without one. A merge is one with what has its position on a line that counts, and a cherry-pick with its original: what names one of them names all. is_named: without a pick between; is_brought: by what a merge brought';
