-- The correlation of a run's document.

CREATE OR REPLACE FUNCTION jirasync.run_correlation(p_tenant text, p_run_id text)
RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET jit = off
AS $$
BEGIN
    RETURN (
        WITH touched AS MATERIALIZED (
            SELECT DISTINCT r.source, r.repository, r.id AS sha
              FROM jirasync.run_items r
             WHERE r.tenant = p_tenant AND r.run_id = p_run_id AND r.subject = 'commit'
        ), judged AS MATERIALIZED (
            -- OFFSET 0, here and below, keeps each look-up whole, so that it goes by index whatever the planner guesses
            SELECT c.*
              FROM jirasync.run_stories(p_tenant, p_run_id) s
             CROSS JOIN LATERAL (
                   SELECT * FROM jirasync.issue_coverage n
                    WHERE n.tenant = p_tenant AND n.source = s.source AND n.issue_id = s.issue_id
                   OFFSET 0) c
             WHERE c.state <> 'not_expected'
        ), linked AS MATERIALIZED (
            SELECT j.source, j.issue_id, j.issue_key, j.summary, j.state, j.reason, j.fix_versions, l.*
              FROM judged j
              LEFT JOIN LATERAL (
                   SELECT n.commit_source, n.repository, n.sha, n.counts, n.landed_at, n.reverted_by,
                          array_agg(DISTINCT n.evidence) AS evidence
                     FROM (SELECT j.issue_id
                            UNION ALL
                           SELECT i.issue_id FROM jirasync.issues i
                            WHERE i.tenant = p_tenant AND i.source = j.source AND i.parent_id = j.issue_id
                              AND i.hierarchy_level < 0) own
                    CROSS JOIN LATERAL (
                          SELECT * FROM jirasync.issue_commits c
                           WHERE c.tenant = p_tenant AND c.source = j.source AND c.issue_id = own.issue_id
                          OFFSET 0) n
                    GROUP BY n.commit_source, n.repository, n.sha, n.counts, n.landed_at, n.reverted_by) l ON true
        ), stories AS (
            SELECT state = 'covered' AS is_matched, issue_key,
                   json_build_object(
                       'issue_key', issue_key, 'source', source, 'summary', summary, 'state', state, 'reason', reason,
                       'fix_versions', coalesce(fix_versions, '{}'),
                       'commits', coalesce(
                           json_agg(json_build_object('source', commit_source, 'repository', repository, 'sha', sha,
                                                      'evidence', evidence, 'landed_at', jirasync.phoenix_time(landed_at),
                                                      'counts', counts, 'reverted_by', reverted_by)
                                    ORDER BY landed_at, commit_source, repository, sha) FILTER (WHERE sha IS NOT NULL),
                           '[]')) AS entry
              FROM linked
             GROUP BY source, issue_id, issue_key, summary, state, reason, fix_versions
        ), story_lists AS (
            SELECT coalesce(json_agg(entry ORDER BY issue_key) FILTER (WHERE is_matched), '[]') AS matched,
                   coalesce(json_agg(entry ORDER BY issue_key) FILTER (WHERE NOT is_matched), '[]') AS missing,
                   count(*) AS stories, count(*) FILTER (WHERE is_matched) AS with_commits
              FROM stories
        ), orphan_list AS (
            SELECT coalesce(json_agg(json_build_object('source', o.source, 'repository', o.repository, 'sha', o.sha,
                                                       'author', o.author, 'landed_at', jirasync.phoenix_time(o.landed_at),
                                                       'subject', split_part(o.message, E'\n', 1), 'reason', o.reason)
                                     ORDER BY o.landed_at, o.source, o.repository, o.sha), '[]') AS orphans,
                   count(*) AS commits
              FROM touched t
             CROSS JOIN LATERAL (
                   SELECT * FROM jirasync.commits_without_story n
                    WHERE n.tenant = p_tenant AND n.source = t.source AND n.repository = t.repository AND n.sha = t.sha
                   OFFSET 0) o
        ), commit_total AS (
            SELECT count(*) AS commits
              FROM (SELECT source, repository, sha FROM touched
                     UNION
                    SELECT commit_source, repository, sha FROM linked WHERE sha IS NOT NULL) c
        )
        SELECT json_build_object(
                   'matched', s.matched, 'missing', s.missing, 'orphans', o.orphans,
                   'summary', json_build_object(
                       'total_stories', s.stories, 'total_commits', t.commits,
                       'stories_with_commits', s.with_commits,
                       'stories_without_commits', s.stories - s.with_commits,
                       'orphan_commits', o.commits))
          FROM story_lists s, orphan_list o, commit_total t);
END
$$;
COMMENT ON FUNCTION jirasync.run_correlation(text, text) IS
    'matched: stories that are covered; missing: those that are missing, unmerged or reverted; orphans: landed commits without a story; of what the run touched. total_commits counts the touched commits and those linked to its stories';
