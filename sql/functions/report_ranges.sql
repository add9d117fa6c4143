-- What ranges of commits hold, and what of a version none of them holds, for a report.

CREATE OR REPLACE FUNCTION jirasync.report_ranges(p_tenant text, p_project text, p_fix_version text, p_ranges jsonb)
RETURNS TABLE (ranges json, not_in_ranges json)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET jit = off
AS $$
BEGIN
    RETURN QUERY
        WITH range AS MATERIALIZED (
            SELECT r.place AS number, d.source, d.repository, r.range ->> 'from' AS from_ref, r.range ->> 'to' AS to_ref
              FROM jsonb_array_elements(p_ranges) WITH ORDINALITY AS r (range, place)
              JOIN jirasync.repositories d
                ON d.tenant = p_tenant
               AND r.range ->> 'repository' IN (d.repository, d.source || '/' || d.repository)
        ), found AS MATERIALIZED (
            SELECT r.number, f.finding, f.issue_key, f.sha, jirasync.report_subject(f.summary) AS summary,
                   coalesce(f.fix_versions, '{}') AS fix_versions, f.landed_at, f.note, f.story_source, f.place,
                   CASE WHEN f.finding = 'no_key' THEN (
                       -- as commits_without_story has it, which knows landed ones alone
                       SELECT CASE min(CASE k.class WHEN 'known' THEN 1 WHEN 'unknown_key' THEN 2 ELSE 3 END)
                              WHEN 1 THEN 'deleted_issue' WHEN 2 THEN 'unknown_key' WHEN 3 THEN 'unknown_project'
                              ELSE 'no_key' END
                         FROM jirasync.commit_key_classes k
                        WHERE k.tenant = p_tenant AND k.source = r.source AND k.repository = r.repository AND k.sha = f.sha) END AS reason
              FROM range r
             CROSS JOIN LATERAL jirasync.report_range(p_tenant, p_project, p_fix_version, r.source, r.repository, r.from_ref, r.to_ref) f
        ), absent AS (
            -- a release of several repositories has a story when one of them has it
            SELECT f.issue_key, f.summary, f.fix_versions, f.landed_at, f.note, min(f.place) AS place
              FROM found f
             WHERE f.finding = 'only_in_version'
             GROUP BY f.story_source, f.issue_key, f.summary, f.fix_versions, f.landed_at, f.note
            HAVING count(*) = (SELECT count(*) FROM range)
        )
        SELECT (SELECT coalesce(json_agg(json_build_object(
                           'source', r.source, 'repository', r.repository, 'from', r.from_ref, 'to', r.to_ref,
                           'doubts', to_json(jirasync.range_doubts(p_tenant, r.source, r.repository, r.from_ref, r.to_ref)),
                           'findings', coalesce((
                               SELECT json_agg(json_build_object(
                                          'finding', f.finding, 'issue_key', f.issue_key, 'sha', f.sha, 'summary', f.summary,
                                          'fix_versions', f.fix_versions, 'landed_at', jirasync.phoenix_time(f.landed_at),
                                          'reason', f.reason, 'note', f.note)
                                          ORDER BY f.place)
                                 FROM found f
                                WHERE f.number = r.number AND f.finding <> 'only_in_version'), '[]'))
                           ORDER BY r.number), '[]')
                  FROM range r),
               (SELECT coalesce(json_agg(json_build_object(
                           'issue_key', a.issue_key, 'summary', a.summary, 'fix_versions', a.fix_versions,
                           'landed_at', jirasync.phoenix_time(a.landed_at),
                           'reason', CASE WHEN a.landed_at IS NOT NULL THEN 'landed_elsewhere'
                                          WHEN a.note IS NOT NULL THEN 'taken_back' ELSE 'not_landed' END)
                           ORDER BY a.place), '[]')
                  FROM absent a);
END
$$;
COMMENT ON FUNCTION jirasync.report_ranges(text, text, text, jsonb) IS
    'Part of report(): report_range() of each range [{"repository","from","to"}], repository with or without its source before it; and the version''s stories, of one project where it is given, that none of them holds; doubts are range_doubts()';
