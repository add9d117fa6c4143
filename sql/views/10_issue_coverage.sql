-- Is an issue covered by commits? One definition of the states, with the issue's id.
CREATE OR REPLACE VIEW jirasync.issue_coverage AS
SELECT i.tenant, i.source, i.issue_id, i.project_key, i.issue_key, i.parent_key, i.summary, i.issue_type, i.status,
       i.status_category, i.resolution, i.fix_versions,
       CASE WHEN waiver.issue_id IS NOT NULL OR parent.issue_id IS NOT NULL OR i.hierarchy_level > 0
              OR rule.subject IS NOT NULL THEN 'not_expected'
            WHEN work.commits > 0 THEN 'covered'
            WHEN work.reverted > 0 THEN 'reverted'
            WHEN work.unmerged > 0 THEN 'unmerged'
            ELSE 'missing' END AS state,
       CASE WHEN waiver.issue_id IS NOT NULL THEN 'waived by ' || waiver.waived_by || ': ' || waiver.reason
            WHEN parent.issue_id IS NOT NULL THEN 'judged through its parent ' || parent.issue_key
            WHEN i.hierarchy_level > 0 THEN 'judged through its issues'
            WHEN rule.subject IS NOT NULL
                THEN 'rule: ' || replace(rule.subject, '_', ' ') || ' is ' || rule.pattern
            WHEN work.commits = 1 THEN '1 commit landed'
            WHEN work.commits > 0 THEN work.commits || ' commits landed'
            WHEN work.reverted > 0 THEN 'all that landed was taken back by ' || left(work.reverted_by, 12)
            WHEN work.unmerged > 0 THEN CASE work.unmerged WHEN 1 THEN '1 commit, ' ELSE work.unmerged || ' commits, ' END
                || coalesce((
                    SELECT 'only on ' || min(r.ref) || CASE count(DISTINCT r.ref)
                               WHEN 1 THEN '' WHEN 2 THEN ' and another branch'
                               ELSE ' and ' || count(DISTINCT r.ref) - 1 || ' other branches' END
                    FROM unnest(work.unmerged_in) u (commit)
                    CROSS JOIN LATERAL (
                        SELECT p.ref FROM jirasync.commit_refs p
                        WHERE p.tenant = i.tenant AND p.source = u.commit ->> 0 AND p.repository = u.commit ->> 1
                          AND p.sha = u.commit ->> 2
                        OFFSET 0) p
                    JOIN jirasync.refs r
                      ON r.tenant = i.tenant AND r.source = u.commit ->> 0 AND r.repository = u.commit ->> 1
                     AND r.ref = p.ref AND r.kind = 'branch' AND r.deleted_at IS NULL
                    HAVING count(*) > 0), 'on no counted branch')
            WHEN work.unreachable > 0 THEN CASE work.unreachable WHEN 1 THEN '1 commit names it, that'
                                                ELSE work.unreachable || ' commits name it, which' END
                || ' no branch or tag holds any more'
            WHEN work.reverts > 0 THEN 'only reverts name it'
            ELSE 'no commit names it' END AS reason,
       work.commits, work.repositories, work.first_landed_at, work.last_landed_at
FROM jirasync.issues i
LEFT JOIN jirasync.issues parent
  ON i.hierarchy_level < 0 AND parent.tenant = i.tenant AND parent.source = i.source
 AND parent.issue_id = i.parent_id AND parent.deleted_at IS NULL AND NOT parent.is_stub
 AND parent.hierarchy_level > 0 IS NOT TRUE
LEFT JOIN jirasync.issue_waivers waiver
  ON waiver.tenant = i.tenant AND waiver.source = i.source AND waiver.issue_id = i.issue_id
 AND (waiver.expires_at IS NULL OR waiver.expires_at > now())
LEFT JOIN LATERAL (
    SELECT r.subject, r.pattern FROM jirasync.coverage_rules r
    -- (Two look-ups by tenant and a filter: with IN for the other two as well it would be eight look-ups an issue.)
    WHERE r.tenant IN (i.tenant, '*') AND (r.source = '' OR r.source = i.source)
      AND (r.project_key = '' OR r.project_key = i.project_key)
      AND CASE r.subject
          WHEN 'resolution' THEN lower(i.resolution) LIKE r.like_pattern
          WHEN 'issue_type' THEN lower(i.issue_type) LIKE r.like_pattern
          WHEN 'label' THEN EXISTS (SELECT FROM unnest(i.labels) l (label) WHERE lower(l.label) LIKE r.like_pattern)
          WHEN 'component' THEN EXISTS (
              SELECT FROM unnest(i.components) c (component) WHERE lower(c.component) LIKE r.like_pattern)
          ELSE false END
    ORDER BY r.subject, r.pattern LIMIT 1) rule ON true
CROSS JOIN LATERAL (
    -- a cherry-pick that names its original is one piece of work with it
    SELECT count(DISTINCT (c.commit_source, c.repository, c.piece)) FILTER (WHERE c.counts) AS commits,
           count(*) FILTER (WHERE c.reverted_by IS NOT NULL AND NOT c.is_revert AND NOT c.is_unreachable) AS reverted,
           count(DISTINCT (c.commit_source, c.repository, c.piece)) FILTER (WHERE c.is_unmerged) AS unmerged,
           array_agg(jsonb_build_array(c.commit_source, c.repository, c.sha)) FILTER (WHERE c.is_unmerged)
               AS unmerged_in,
           count(*) FILTER (WHERE c.is_unreachable AND NOT c.is_revert) AS unreachable,
           count(*) FILTER (WHERE c.is_revert) AS reverts,
           min(c.reverted_by) FILTER (WHERE NOT c.is_revert AND NOT c.is_unreachable) AS reverted_by,
           array_agg(DISTINCT c.repository) FILTER (WHERE c.counts) AS repositories,
           min(c.landed_at) FILTER (WHERE c.counts) AS first_landed_at,
           max(c.landed_at) FILTER (WHERE c.counts) AS last_landed_at
    FROM (
        SELECT DISTINCT l.commit_source, l.repository, l.sha, l.counts, l.reverted_by, l.is_revert, l.landed_at,
               l.is_unreachable, coalesce(l.original_sha, l.sha) AS piece,
               l.reverted_by IS NULL AND NOT l.counts AND NOT l.is_revert AND NOT l.is_unreachable
                   AS is_unmerged
        FROM (SELECT i.issue_id
              UNION ALL
              SELECT s.issue_id FROM jirasync.issues s
              WHERE s.tenant = i.tenant AND s.source = i.source AND s.parent_id = i.issue_id
                AND s.hierarchy_level < 0) judged
        -- OFFSET 0 keeps the look-up whole, so that it goes by index from its issue
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.issue_commits n
            WHERE n.tenant = i.tenant AND n.source = i.source AND n.issue_id = judged.issue_id
            OFFSET 0) l) c) work
WHERE i.deleted_at IS NULL AND NOT i.is_stub;
COMMENT ON VIEW jirasync.issue_coverage IS 'story_coverage with the issue''s id: the one definition of the states that the other views draw from. A sub-task whose parent is unknown, deleted or no story is judged by itself';
