-- Which counted branches have the reverts, and which of these what the reverts take back.
CREATE OR REPLACE VIEW jirasync.revert_standing AS
SELECT t.tenant, t.source, t.repository, t.sha, t.target, w.branch, w.is_held, w.has_stood, t.named
FROM jirasync.wanted_revert_targets t
-- OFFSET 0 keeps each look-up whole, so that it goes by index from its commit or its branch
CROSS JOIN LATERAL (
    -- What a counted branch has the revert of, and has not got itself, the revert did not stand on: a pick of it was taken
    -- back there, and a merge of both keeps what it has.
    SELECT h.branch, h.is_held, bool_and(h.is_held OR NOT h.is_rooted) OVER () AS has_stood
    FROM (SELECT holds.branch, bool_or(holds.is_rooted) AS is_rooted, bool_or(held.is_there IS TRUE) AS is_held
          FROM (SELECT p.ref, p.position, p.on_line FROM jirasync.commit_refs p
                WHERE p.tenant = t.tenant AND p.source = t.source AND p.repository = t.repository AND p.sha = t.sha
                OFFSET 0) own
          CROSS JOIN LATERAL (
              SELECT b.branch, b.is_rooted FROM jirasync.counted_reach b
              WHERE b.tenant = t.tenant AND b.source = t.source AND b.repository = t.repository AND b.ref = own.ref
                AND b.up_to >= own.position
              OFFSET 0) holds
          LEFT JOIN LATERAL (
              SELECT true AS is_there
              FROM (SELECT n.position
                    FROM jirasync.commit_refs n
                    CROSS JOIN LATERAL (
                        SELECT FROM jirasync.counted_reach b
                        WHERE b.tenant = t.tenant AND b.source = t.source AND b.repository = t.repository AND b.ref = n.ref
                          AND b.branch = holds.branch AND b.up_to >= n.position
                        OFFSET 0) reach
                    WHERE n.tenant = t.tenant AND n.source = t.source AND n.repository = t.repository AND n.sha = t.target
                      AND n.position <= own.position
                    OFFSET 0) p
              -- (what a revert names was there where it was made; a pick of it, or its original, may have been elsewhere, as
              -- may all where the revert was picked)
              WHERE (own.on_line
                     OR t.is_named AND NOT EXISTS (
                         SELECT FROM jirasync.commits c
                         WHERE c.tenant = t.tenant AND c.source = t.source AND c.repository = t.repository AND c.sha = t.sha
                           AND c.picked_from IS NOT NULL)
                     OR jirasync.came_before(t.tenant, t.source, t.repository, holds.branch, own.ref, own.position,
                                             t.target, p.position, t.sha, t.named))
                -- (a merge did not bring what the line had already)
                AND NOT (t.is_brought AND EXISTS (
                    SELECT FROM jirasync.commit_refs m
                    JOIN jirasync.counted_reach l
                      ON l.tenant = m.tenant AND l.source = m.source AND l.repository = m.repository AND l.ref = m.ref
                     AND l.branch = holds.branch AND l.up_to >= m.position
                    WHERE m.tenant = t.tenant AND m.source = t.source AND m.repository = t.repository AND m.sha = t.named
                      AND m.on_line AND m.position > p.position AND m.position <= own.position))
              LIMIT 1) held ON true
          GROUP BY holds.branch) h
    OFFSET 0) w;
COMMENT ON VIEW jirasync.revert_standing IS 'Each revert, each of its targets, and each counted branch that holds the revert: is_held, it holds the target from before the revert; has_stood, so does every one of them of which all is known that it was cut from: the revert was made where the target was';
