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
            SELECT c.*
              FROM jirasync.run_stories(p_tenant, p_run_id) s
              JOIN jirasync.issue_coverage c ON c.tenant = p_tenant AND c.source = s.source AND c.issue_id = s.issue_id
             WHERE c.state <> 'not_expected'
        ), linked AS MATERIALIZED (
            SELECT j.source, j.issue_id, l.commit_source, l.repository, l.sha, l.counts, l.landed_at, l.reverted_by,
                   array_agg(DISTINCT l.evidence) AS evidence
              FROM judged j
             CROSS JOIN LATERAL (
                   SELECT j.issue_id
                    UNION ALL
                   SELECT i.issue_id FROM jirasync.issues i
                    WHERE i.tenant = p_tenant AND i.source = j.source AND i.parent_id = j.issue_id
                      AND i.hierarchy_level < 0) own
              JOIN jirasync.issue_commits l ON l.tenant = p_tenant AND l.source = j.source AND l.issue_id = own.issue_id
             GROUP BY j.source, j.issue_id, l.commit_source, l.repository, l.sha, l.counts, l.landed_at, l.reverted_by
        ), commits AS (
            SELECT source, issue_id,
                   json_agg(json_build_object('source', commit_source, 'repository', repository, 'sha', sha,
                                              'evidence', evidence, 'landed_at', jirasync.phoenix_time(landed_at),
                                              'counts', counts, 'reverted_by', reverted_by)
                            ORDER BY landed_at, commit_source, repository, sha) AS list
              FROM linked
             GROUP BY source, issue_id
        ), stories AS (
            SELECT j.state = 'covered' AS is_matched, j.issue_key,
                   json_build_object('issue_key', j.issue_key, 'source', j.source, 'summary', j.summary, 'state', j.state,
                                     'reason', j.reason, 'fix_versions', coalesce(j.fix_versions, '{}'),
                                     'commits', coalesce(c.list, '[]')) AS entry
              FROM judged j
              LEFT JOIN commits c ON c.source = j.source AND c.issue_id = j.issue_id
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
              JOIN jirasync.commits_without_story o
                ON o.tenant = p_tenant AND o.source = t.source AND o.repository = t.repository AND o.sha = t.sha
        ), commit_total AS (
            SELECT count(*) AS commits
              FROM (SELECT source, repository, sha FROM touched
                     UNION
                    SELECT commit_source, repository, sha FROM linked) c
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
