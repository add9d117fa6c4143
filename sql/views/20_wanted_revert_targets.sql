-- Definition of what a revert takes back: what it names, picks of it and what it was picked from, what a merge brought.
CREATE OR REPLACE VIEW jirasync.wanted_revert_targets AS
SELECT n.tenant, n.source, n.repository, n.sha, target.sha AS target
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
JOIN jirasync.commits c
  ON c.tenant = n.tenant AND c.source = n.source AND c.repository = n.repository AND c.sha = named.sha
CROSS JOIN LATERAL (
    SELECT c.sha
    UNION
    SELECT o.sha FROM jirasync.commits o
    WHERE o.tenant = c.tenant AND o.source = c.source AND o.repository = c.repository AND o.sha = c.picked_from
    UNION
    SELECT o.sha FROM jirasync.commits o
    WHERE o.tenant = c.tenant AND o.source = c.source AND o.repository = c.repository AND o.picked_from = c.sha
    UNION
    SELECT o.sha FROM jirasync.commits o
    WHERE o.tenant = c.tenant AND o.source = c.source AND o.repository = c.repository AND o.picked_from = c.picked_from
    UNION
    SELECT brought.sha
    FROM jirasync.commit_refs place
    JOIN jirasync.refs line
      ON line.tenant = place.tenant AND line.source = place.source AND line.repository = place.repository
     AND line.ref = place.ref AND line.counted_to >= place.position
    JOIN jirasync.commit_refs brought
      ON brought.tenant = place.tenant AND brought.source = place.source AND brought.repository = place.repository
     AND brought.ref = place.ref AND brought.position = place.position
    WHERE place.tenant = c.tenant AND place.source = c.source AND place.repository = c.repository
      AND place.sha = c.sha AND place.on_line
      AND (cardinality(c.parents) > 1 OR c.parents IS NULL AND c.is_merge_named)) target
WHERE target.sha <> n.sha;
COMMENT ON VIEW jirasync.wanted_revert_targets IS 'Each revert and each commit it takes back, where it has landed. A sha cut short names a commit only while one commit fits; a pull request names its merge, or the commits that it became without one. A cherry-pick and its original are one: what names one of them names all. A named merge takes along what has its position on a line that counts';
