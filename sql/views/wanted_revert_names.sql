-- Definition of what each revert names.
CREATE OR REPLACE VIEW jirasync.wanted_revert_names AS
SELECT w.tenant, w.source, w.repository, w.sha, w.named
FROM jirasync.written_reverts w
UNION
-- The pick of a merge says nothing itself of what the reverts that this brought take back: of what the line had before, that is.
SELECT c.tenant, c.source, c.repository, c.sha, w.named
FROM jirasync.commits c
JOIN jirasync.commit_refs m
  ON m.tenant = c.tenant AND m.source = c.source AND m.repository = c.repository AND m.sha = c.picked_from AND m.on_line
JOIN jirasync.commit_refs b
  ON b.tenant = c.tenant AND b.source = c.source AND b.repository = c.repository AND b.ref = m.ref
 AND b.position = m.position AND NOT b.on_line
JOIN jirasync.written_reverts w
  ON w.tenant = c.tenant AND w.source = c.source AND w.repository = c.repository AND w.sha = b.sha
WHERE c.picked_from IS NOT NULL
  AND NOT EXISTS (
      SELECT FROM jirasync.commit_refs o
      LEFT JOIN jirasync.written_reverts u
        ON u.tenant = c.tenant AND u.source = c.source AND u.repository = c.repository AND u.sha = o.sha
      WHERE o.tenant = c.tenant AND o.source = c.source AND o.repository = c.repository AND o.ref = b.ref
        AND o.position = b.position AND (starts_with(o.sha, w.named) OR starts_with(b.sha, u.named)));
COMMENT ON VIEW jirasync.wanted_revert_names IS 'What revert_names is to be: what the message of a revert names, and of the pick of a merge that brought reverts (cherry-pick -m 1 -x) what these name, but for what it brought itself';
