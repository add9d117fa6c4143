-- The versions of a report, each with its stories, their commits, what sneaked in and what came late.

CREATE OR REPLACE FUNCTION jirasync.report_versions(p_tenant text, p_project text, p_fix_version text)
RETURNS TABLE (versions json, summary json, sites json)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET plan_cache_mode = force_custom_plan SET jit = off SET work_mem = '64MB'
AS $$
BEGIN
    RETURN QUERY
        WITH version AS MATERIALIZED (
            SELECT v.source, v.version_id, v.project_key, v.name, v.released, v.release_date, v.freeze_at,
                   lower(replace(v.name, ' ', '-')) AS branch_name
              FROM jirasync.versions v
             WHERE v.tenant = p_tenant AND v.deleted_at IS NULL AND v.merged_into IS NULL
               AND (p_project IS NULL OR v.project_key = p_project)
               AND (p_fix_version IS NULL OR v.name = p_fix_version)
               AND NOT EXISTS (
                   SELECT FROM jirasync.projects p
                    WHERE p.tenant = p_tenant AND p.source = v.source AND p.project_id = v.project_id AND p.deleted_at IS NOT NULL)
        ), story AS MATERIALIZED (
            SELECT v.version_id, f.added_at, v.freeze_at, c.source, c.issue_id, c.issue_key, c.parent_key, c.summary,
                   c.issue_type, c.status, c.resolution, c.fix_versions, c.state, c.reason
              FROM version v
              JOIN jirasync.issue_fix_versions f
                ON f.tenant = p_tenant AND f.source = v.source AND f.version_id = v.version_id AND f.removed_at IS NULL
              JOIN jirasync.issue_coverage c ON c.tenant = p_tenant AND c.source = f.source AND c.issue_id = f.issue_id
        ), judged AS MATERIALIZED (
            SELECT DISTINCT s.source, s.issue_id FROM story s
        ), own AS (
            SELECT j.source, j.issue_id AS story_id, j.issue_id FROM judged j
             UNION ALL
            SELECT j.source, j.issue_id, i.issue_id
              FROM judged j
              JOIN jirasync.issues i
                ON i.tenant = p_tenant AND i.source = j.source AND i.parent_id = j.issue_id AND i.hierarchy_level < 0
        ), link AS MATERIALIZED (
            SELECT o.source, o.story_id, l.commit_source, l.repository, l.sha, bool_or(l.counts) AS counts,
                   bool_or(l.is_revert) AS is_revert,
                   min(l.landed_at) AS landed_at, min(l.reverted_by) AS reverted_by, l.reverted_on,
                   coalesce(l.original_sha, l.sha) AS piece,
                   array_agg(DISTINCT l.evidence ORDER BY l.evidence) AS evidence
              FROM own o
              JOIN jirasync.issue_commits l
                ON l.tenant = p_tenant AND l.source = o.source AND l.issue_id = o.issue_id
             GROUP BY o.source, o.story_id, l.commit_source, l.repository, l.sha, l.reverted_on, l.original_sha
        ), place AS MATERIALIZED (
            SELECT p.source, p.repository, p.sha, p.branches, p.first_tag, p.first_tag_at
              FROM jirasync.report_places(p_tenant, p_project, p_fix_version) p
        ), work AS MATERIALIZED (
            SELECT l.source, l.story_id, l.counts, l.landed_at, l.commit_source, l.repository, l.sha, l.piece, p.branches,
                   p.first_tag, p.first_tag_at,
                   json_build_object(
                       'source', l.commit_source, 'repository', l.repository, 'sha', l.sha,
                       'subject', jirasync.report_subject(c.message), 'author', c.author, 'evidence', l.evidence,
                       'landed_at', jirasync.phoenix_time(l.landed_at), 'counts', l.counts,
                       'reverted_by', l.reverted_by, 'reverted_on', array_remove(coalesce(l.reverted_on, '{}'), ''),
                       'is_revert', l.is_revert,
                       'branches', coalesce(p.branches, '{}'), 'first_tag', p.first_tag) AS entry
              FROM link l
              LEFT JOIN jirasync.commits c
                ON c.tenant = p_tenant AND c.source = l.commit_source AND c.repository = l.repository AND c.sha = l.sha
              LEFT JOIN place p
                ON p.source = l.commit_source AND p.repository = l.repository AND p.sha = l.sha
        ), work_list AS MATERIALIZED (
            SELECT w.source, w.story_id,
                   json_agg(w.entry ORDER BY w.landed_at, w.commit_source, w.repository, w.sha) AS commits,
                   array_agg(DISTINCT w.repository ORDER BY w.repository) AS repositories
              FROM work w
             GROUP BY w.source, w.story_id
        ), piece AS (
            -- a cherry-pick that names its original is one piece of work with it: it is out with the first of the two
            SELECT DISTINCT ON (w.source, w.story_id, w.commit_source, w.repository, w.piece)
                   w.source, w.story_id, w.first_tag, w.first_tag_at
              FROM work w
             WHERE w.counts
             ORDER BY w.source, w.story_id, w.commit_source, w.repository, w.piece, w.first_tag IS NULL, w.first_tag_at, w.first_tag
        ), tag_list AS MATERIALIZED (
            -- the first tag that has all that counts
            SELECT p.source, p.story_id,
                   CASE WHEN bool_and(p.first_tag IS NOT NULL)
                        THEN (array_agg(p.first_tag ORDER BY p.first_tag_at DESC NULLS LAST, p.first_tag DESC))[1] END AS first_tag
              FROM piece p
             GROUP BY p.source, p.story_id
        ), branch_list AS MATERIALIZED (
            SELECT w.source, w.story_id, array_agg(DISTINCT b.branch ORDER BY b.branch) AS branches
              FROM work w
             CROSS JOIN unnest(w.branches) AS b (branch)
             GROUP BY w.source, w.story_id
        ), story_list AS MATERIALIZED (
            SELECT s.source, s.version_id,
                   json_agg(json_build_object(
                       'issue_key', s.issue_key, 'parent_key', s.parent_key, 'summary', s.summary,
                       'issue_type', s.issue_type, 'status', s.status, 'resolution', s.resolution, 'state', s.state,
                       'reason', s.reason, 'fix_versions', coalesce(s.fix_versions, '{}'),
                       'added_at', jirasync.phoenix_time(s.added_at),
                       'is_after_freeze', coalesce(s.added_at > s.freeze_at, false),
                       'repositories', coalesce(w.repositories, '{}'), 'branches', coalesce(b.branches, '{}'),
                       'first_tag', t.first_tag, 'commits', coalesce(w.commits, '[]'))
                       ORDER BY rtrim(s.issue_key, '0123456789') COLLATE "C", length(s.issue_key), s.issue_key COLLATE "C") AS stories,
                   count(*) FILTER (WHERE s.state <> 'not_expected') AS total,
                   count(*) FILTER (WHERE s.state = 'covered') AS with_commits,
                   count(*) FILTER (WHERE s.state = 'missing') AS missing,
                   count(*) FILTER (WHERE s.state = 'unmerged') AS unmerged,
                   count(*) FILTER (WHERE s.state = 'reverted') AS reverted,
                   count(*) FILTER (WHERE s.state = 'not_expected') AS not_expected
              FROM story s
              LEFT JOIN work_list w ON w.source = s.source AND w.story_id = s.issue_id
              LEFT JOIN branch_list b ON b.source = s.source AND b.story_id = s.issue_id
              LEFT JOIN tag_list t ON t.source = s.source AND t.story_id = s.issue_id
             GROUP BY s.source, s.version_id
        ), worked_in AS MATERIALIZED (
            SELECT DISTINCT s.source, s.version_id, l.commit_source, l.repository
              FROM story s
              JOIN link l ON l.source = s.source AND l.story_id = s.issue_id
        ), branch AS MATERIALIZED (
            -- those named as the version, in repositories where its stories have commits
            SELECT DISTINCT v.source, v.version_id, r.source AS commit_source, r.repository, r.ref
              FROM worked_in w
              JOIN version v ON v.source = w.source AND v.version_id = w.version_id
              JOIN jirasync.refs r
                ON r.tenant = p_tenant AND r.source = w.commit_source AND r.repository = w.repository
               AND r.kind = 'branch' AND r.counted AND r.deleted_at IS NULL AND r.ref LIKE '%/%'
               AND regexp_replace(lower(r.ref), '^.*/v?', '') = regexp_replace(v.branch_name, '^v', '')
        ), on_branch AS MATERIALIZED (
            -- what landed there itself and was not taken back there, where no story of a version of that name accounts for it
            SELECT b.source, b.version_id, b.commit_source, b.repository, b.ref, p.sha, p.landed_at
              FROM branch b
              JOIN version v ON v.source = b.source AND v.version_id = b.version_id
              JOIN jirasync.commit_refs p
                ON p.tenant = p_tenant AND p.source = b.commit_source AND p.repository = b.repository AND p.ref = b.ref
             WHERE NOT EXISTS (
                   SELECT FROM jirasync.reverted_commits r
                    WHERE r.tenant = p_tenant AND r.source = p.source AND r.repository = p.repository AND r.sha = p.sha
                      AND p.ref = ANY (r.reverted_on))
               AND NOT EXISTS (
                   SELECT FROM jirasync.issue_commits l
                     JOIN jirasync.issues i ON i.tenant = p_tenant AND i.source = l.source AND i.issue_id = l.issue_id
                     LEFT JOIN jirasync.issues u
                       ON i.hierarchy_level < 0 AND u.tenant = p_tenant AND u.source = i.source AND u.issue_id = i.parent_id
                      AND u.deleted_at IS NULL
                    WHERE l.tenant = p_tenant AND l.commit_source = p.source AND l.repository = p.repository AND l.sha = p.sha
                      AND (v.name = ANY (i.fix_versions) OR v.name = ANY (u.fix_versions)))
        ), sneaked AS (
            -- a sub-task stands for its parent, as it is judged through it
            SELECT o.*, coalesce(p.issue_key, i.issue_key) AS issue_key, coalesce(p.summary, i.summary) AS summary, n.fix_versions,
                   CASE WHEN cardinality(n.fix_versions) > 0 THEN 'other_version' ELSE 'no_version' END AS reason
              FROM on_branch o
              JOIN jirasync.issue_commits l
                ON l.tenant = p_tenant AND l.commit_source = o.commit_source AND l.repository = o.repository AND l.sha = o.sha
               AND NOT l.is_revert
              JOIN jirasync.issues i ON i.tenant = p_tenant AND i.source = l.source AND i.issue_id = l.issue_id
              LEFT JOIN jirasync.issues p
                ON i.hierarchy_level < 0 AND p.tenant = p_tenant AND p.source = i.source AND p.issue_id = i.parent_id
               AND p.deleted_at IS NULL AND NOT p.is_stub AND p.hierarchy_level > 0 IS NOT TRUE
             CROSS JOIN LATERAL (SELECT coalesce(nullif(p.fix_versions, '{}'), i.fix_versions) AS fix_versions) n
             UNION
            SELECT o.*, NULL, jirasync.report_subject(n.message), NULL, n.reason
              FROM on_branch o
              JOIN jirasync.commits_without_story n
                ON n.tenant = p_tenant AND n.source = o.commit_source AND n.repository = o.repository AND n.sha = o.sha
        ), sneaked_list AS (
            SELECT s.source, s.version_id,
                   json_agg(json_build_object(
                       'source', s.commit_source, 'repository', s.repository, 'branch', s.ref, 'sha', s.sha,
                       'issue_key', s.issue_key, 'summary', left(s.summary, 300), 'fix_versions', coalesce(s.fix_versions, '{}'),
                       'reason', s.reason, 'landed_at', jirasync.phoenix_time(s.landed_at))
                       ORDER BY s.landed_at, s.commit_source, s.repository, s.ref, s.sha, s.issue_key) AS sneaked_in
              FROM sneaked s
             GROUP BY s.source, s.version_id
        ), late AS (
            SELECT s.source, s.version_id, 'scope' AS what, s.issue_key, s.summary, NULL AS commit_source,
                   NULL AS repository, NULL AS sha, s.added_at AS at
              FROM story s
             WHERE s.added_at > s.freeze_at
             UNION ALL
            SELECT s.source, s.version_id, 'commit', s.issue_key, s.summary, l.commit_source, l.repository, l.sha, l.landed_at
              FROM story s
              JOIN link l ON l.source = s.source AND l.story_id = s.issue_id
             WHERE l.landed_at > s.freeze_at
        ), late_list AS (
            SELECT l.source, l.version_id,
                   json_agg(json_build_object('what', l.what, 'issue_key', l.issue_key, 'summary', l.summary,
                                              'source', l.commit_source, 'repository', l.repository, 'sha', l.sha,
                                              'at', jirasync.phoenix_time(l.at))
                            ORDER BY l.at, l.what DESC, l.issue_key, l.commit_source, l.repository, l.sha) AS after_freeze
              FROM late l
             GROUP BY l.source, l.version_id
        ), version_branch AS (
            SELECT b.source, b.version_id,
                   json_agg(json_build_object('source', b.commit_source, 'repository', b.repository, 'ref', b.ref)
                            ORDER BY b.commit_source, b.repository, b.ref) AS branches
              FROM branch b
             GROUP BY b.source, b.version_id
        ), history AS (
            SELECT v.source, v.version_id,
                   json_agg(json_build_object('day', to_char(d.day, 'YYYY-MM-DD'), 'stories', d.stories,
                                              'with_commits', d.with_commits, 'percent', d.percent) ORDER BY d.day) AS days
              FROM version v
              -- OFFSET 0 keeps the look-up whole, so that it goes by index from its version
             CROSS JOIN LATERAL (
                   SELECT * FROM jirasync.coverage_burn_up b
                    WHERE b.tenant = p_tenant AND b.source = v.source AND b.project_key = coalesce(v.project_key, '')
                      AND b.fix_version = v.name
                   OFFSET 0) d
             GROUP BY v.source, v.version_id
        )
        SELECT coalesce((
                   SELECT json_agg(json_build_object(
                              'source', v.source, 'project_key', v.project_key, 'fix_version', v.name,
                              'released', v.released, 'release_date', v.release_date,
                              'freeze_at', jirasync.phoenix_time(v.freeze_at),
                              'coverage', json_build_object(
                                  'stories', coalesce(s.total, 0), 'with_commits', coalesce(s.with_commits, 0),
                                  'without_commits', coalesce(s.total - s.with_commits, 0),
                                  'missing', coalesce(s.missing, 0), 'unmerged', coalesce(s.unmerged, 0),
                                  'reverted', coalesce(s.reverted, 0), 'not_expected', coalesce(s.not_expected, 0),
                                  'percent', round(100.0 * s.with_commits / nullif(s.total, 0), 1)),
                              'branches', coalesce(b.branches, '[]'), 'stories', coalesce(s.stories, '[]'),
                              'sneaked_in', coalesce(n.sneaked_in, '[]'), 'after_freeze', coalesce(l.after_freeze, '[]'),
                              'history', coalesce(h.days, '[]'))
                              ORDER BY v.source COLLATE "C", v.project_key COLLATE "C", jirasync.version_sort_key(v.name) COLLATE "C", v.version_id)
                     FROM version v
                     LEFT JOIN story_list s ON s.source = v.source AND s.version_id = v.version_id
                     LEFT JOIN version_branch b ON b.source = v.source AND b.version_id = v.version_id
                     LEFT JOIN sneaked_list n ON n.source = v.source AND n.version_id = v.version_id
                     LEFT JOIN late_list l ON l.source = v.source AND l.version_id = v.version_id
                     LEFT JOIN history h ON h.source = v.source AND h.version_id = v.version_id), '[]'),
               (SELECT json_build_object(
                           'stories', count(*) FILTER (WHERE d.state <> 'not_expected'),
                           'with_commits', count(*) FILTER (WHERE d.state = 'covered'),
                           'without_commits', count(*) FILTER (WHERE d.state NOT IN ('covered', 'not_expected')),
                           'missing', count(*) FILTER (WHERE d.state = 'missing'),
                           'unmerged', count(*) FILTER (WHERE d.state = 'unmerged'),
                           'reverted', count(*) FILTER (WHERE d.state = 'reverted'),
                           'not_expected', count(*) FILTER (WHERE d.state = 'not_expected'),
                           'percent', round(100.0 * count(*) FILTER (WHERE d.state = 'covered')
                                            / nullif(count(*) FILTER (WHERE d.state <> 'not_expected'), 0), 1))
                  FROM (SELECT DISTINCT s.source, s.issue_id, s.state FROM story s) d),
               to_json(ARRAY(SELECT DISTINCT v.source FROM version v ORDER BY 1));
END
$$;
COMMENT ON FUNCTION jirasync.report_versions(text, text, text) IS
    'Part of report(): the versions, of one project and name where these are given, a summary that counts each story once, and the sites that have them';
