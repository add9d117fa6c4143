-- What a version and ranges of commits have in common, and what not, for a report.

CREATE OR REPLACE FUNCTION jirasync.report_ranges(p_tenant text, p_fix_version text, p_ranges jsonb)
RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET jit = off
AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object(
                   'source', d.source, 'repository', d.repository, 'from', r.range ->> 'from', 'to', r.range ->> 'to',
                   'findings', f.findings) ORDER BY r.place), '[]')
          FROM jsonb_array_elements(p_ranges) WITH ORDINALITY AS r (range, place)
          JOIN jirasync.repositories d
            ON d.tenant = p_tenant
           AND r.range ->> 'repository' IN (d.repository, d.source || '/' || d.repository)
         CROSS JOIN LATERAL (
               SELECT coalesce(json_agg(json_build_object(
                          'finding', a.finding, 'issue_key', a.issue_key, 'sha', a.sha, 'summary', left(a.summary, 300),
                          'fix_versions', coalesce(a.fix_versions, '{}'),
                          'landed_at', jirasync.phoenix_time(a.landed_at))
                          ORDER BY a.place), '[]') AS findings
                 FROM jirasync.release_audit(p_fix_version, d.source, d.repository, r.range ->> 'from',
                                             r.range ->> 'to', p_tenant) WITH ORDINALITY
                      AS a (finding, issue_key, sha, summary, fix_versions, landed_at, place)) f);
END
$$;
COMMENT ON FUNCTION jirasync.report_ranges(text, text, jsonb) IS
    'Part of report(): release_audit() of each range [{"repository","from","to"}], repository with or without its source before it, against the version';
