-- Definition of what a revert takes back: the commits it names, and all that a named merge brought in.
CREATE OR REPLACE VIEW jirasync.wanted_revert_targets AS
SELECT n.tenant, n.source, n.repository, n.sha, c.branch_landed_at, target.sha AS target
FROM jirasync.revert_names n
JOIN jirasync.commit_landing c
  ON c.tenant = n.tenant AND c.source = n.source AND c.repository = n.repository AND c.sha = n.sha
CROSS JOIN LATERAL (
    SELECT min(t.sha) AS sha
    FROM (SELECT k.sha FROM jirasync.commits k
          WHERE k.tenant = n.tenant AND k.source = n.source AND k.repository = n.repository
            AND k.sha >= n.named AND k.sha < n.named || 'g'
          ORDER BY k.sha LIMIT 2) t
    HAVING count(*) = 1) only_one
CROSS JOIN LATERAL (
    SELECT only_one.sha
    UNION
    SELECT brought.sha
    FROM jirasync.commit_landing m
    JOIN jirasync.commit_refs place
      ON place.tenant = m.tenant AND place.source = m.source AND place.repository = m.repository
     AND place.sha = m.sha
    JOIN jirasync.commit_refs brought
      ON brought.tenant = place.tenant AND brought.source = place.source AND brought.repository = place.repository
     AND brought.ref = place.ref AND brought.position = place.position
    WHERE m.tenant = n.tenant AND m.source = n.source AND m.repository = n.repository
      AND m.sha = only_one.sha AND m.is_merge
      AND NOT EXISTS (
          SELECT FROM jirasync.commit_refs later
          JOIN jirasync.commits child
            ON child.tenant = later.tenant AND child.source = later.source
           AND child.repository = later.repository AND child.sha = later.sha
          WHERE later.tenant = place.tenant AND later.source = place.source
            AND later.repository = place.repository AND later.ref = place.ref
            AND later.position = place.position AND m.sha = ANY (child.parents))) target
WHERE c.landed AND target.sha <> n.sha;
COMMENT ON VIEW jirasync.wanted_revert_targets IS 'Each landed revert and each commit it takes back. A sha cut short names a commit only while one commit fits. A named merge takes along what has its position, if it is on the first-parent line: then no other commit of that position has it for a parent';
