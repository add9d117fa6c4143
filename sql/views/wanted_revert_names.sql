-- Definition of what each revert names.
CREATE OR REPLACE VIEW jirasync.wanted_revert_names AS
SELECT w.tenant, w.source, w.repository, w.sha, w.named
FROM jirasync.written_reverts w
UNION
-- The pick of a merge says nothing itself of what the reverts that this brought take back: of what the line had before, that is.
-- (OFFSET 0 keeps each look-up whole, so that it goes by index from the pick, however few of these there were)
SELECT c.tenant, c.source, c.repository, c.sha, w.named
FROM jirasync.commits c
CROSS JOIN LATERAL (
    SELECT p.ref, p.position FROM jirasync.commit_refs p
    WHERE p.tenant = c.tenant AND p.source = c.source AND p.repository = c.repository AND p.sha = c.picked_from AND p.on_line
    OFFSET 0) merge
CROSS JOIN LATERAL (
    SELECT p.sha FROM jirasync.commit_refs p
    WHERE p.tenant = c.tenant AND p.source = c.source AND p.repository = c.repository AND p.ref = merge.ref
      AND p.position = merge.position AND NOT p.on_line
    OFFSET 0) brought
CROSS JOIN LATERAL (
    SELECT n.named FROM jirasync.written_reverts n
    WHERE n.tenant = c.tenant AND n.source = c.source AND n.repository = c.repository AND n.sha = brought.sha
    OFFSET 0) w
WHERE (c.picked_from IS NULL) IS FALSE
  AND NOT EXISTS (
      SELECT FROM jirasync.commit_refs p
      LEFT JOIN LATERAL (
          SELECT n.named FROM jirasync.written_reverts n
          WHERE n.tenant = c.tenant AND n.source = c.source AND n.repository = c.repository AND n.sha = p.sha
          OFFSET 0) other ON true
      WHERE p.tenant = c.tenant AND p.source = c.source AND p.repository = c.repository AND p.ref = merge.ref
        AND p.position = merge.position AND (starts_with(p.sha, w.named) OR starts_with(brought.sha, other.named)));
COMMENT ON VIEW jirasync.wanted_revert_names IS 'What revert_names is to be: what the message of a revert names, and of the pick of a merge that brought reverts (cherry-pick -m 1 -x) what these name, but for what it brought itself';
