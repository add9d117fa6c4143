-- What correlate_issue jobs name: issues, and versions and projects whose issues are to follow.
CREATE OR REPLACE FUNCTION jirasync.touched_issues(
    p_tenant text, p_ids bigint[], p_tokens bigint[],
    OUT sources text[], OUT issue_ids bigint[], OUT quiet_sources text[], OUT quiet_ids bigint[],
    OUT version_sources text[], OUT version_ids bigint[], OUT project_sources text[], OUT project_ids bigint[])
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT coalesce(array_agg(t.source) FILTER (WHERE NOT t.is_quiet), '{}'),
           coalesce(array_agg(t.issue_id) FILTER (WHERE NOT t.is_quiet), '{}'),
           coalesce(array_agg(t.source) FILTER (WHERE t.is_quiet), '{}'),
           coalesce(array_agg(t.issue_id) FILTER (WHERE t.is_quiet), '{}')
    INTO sources, issue_ids, quiet_sources, quiet_ids
    FROM (SELECT j.source, j.key::bigint AS issue_id,
                 -- what a job that was set aside left undone is made good by the next one
                 bool_and(j.is_quiet) AND (
                     SELECT d.id FROM jirasync.jobs d
                     WHERE d.tenant = p_tenant AND d.kind = 'correlate_issue' AND d.source = j.source AND d.key = j.key
                       AND d.state = 'discarded' LIMIT 1) IS NULL AS is_quiet
          -- OFFSET 0 keeps each look-up whole, so that it goes by index from its id
          FROM unnest(p_ids, p_tokens) u (id, token)
          CROSS JOIN LATERAL (
              SELECT * FROM jirasync.jobs n WHERE n.tenant = p_tenant AND n.id = u.id AND n.lease_token = u.token
              OFFSET 0) j
          WHERE j.kind = 'correlate_issue' AND j.key ~ '^[0-9]{1,18}$'
          GROUP BY j.source, j.key) t;
    version_sources := '{}';
    version_ids := '{}';
    project_sources := '{}';
    project_ids := '{}';
    IF cardinality(issue_ids) + cardinality(quiet_ids) = cardinality(p_ids) THEN
        RETURN;
    END IF;
    SELECT coalesce(array_agg(t.source) FILTER (WHERE t.kind = 'version'), '{}'),
           coalesce(array_agg(t.id) FILTER (WHERE t.kind = 'version'), '{}'),
           coalesce(array_agg(t.source) FILTER (WHERE t.kind = 'project'), '{}'),
           coalesce(array_agg(t.id) FILTER (WHERE t.kind = 'project'), '{}')
    INTO version_sources, version_ids, project_sources, project_ids
    FROM (SELECT j.source, split_part(j.key, '/', 1) AS kind, split_part(j.key, '/', 2)::bigint AS id
          FROM unnest(p_ids, p_tokens) u (id, token)
          CROSS JOIN LATERAL (
              SELECT * FROM jirasync.jobs n WHERE n.tenant = p_tenant AND n.id = u.id AND n.lease_token = u.token
              OFFSET 0) j
          WHERE j.kind = 'correlate_issue' AND j.key ~ '^(version|project)/[0-9]{1,18}$') t;
END
$$;
COMMENT ON FUNCTION jirasync.touched_issues IS 'Issues named by the given correlate_issue jobs, as parallel arrays, those of quiet jobs apart, and the versions and projects of the jobs whose key is version/ID or project/ID; any other key names nothing';
