-- The issues that correlate_issue jobs name.
CREATE OR REPLACE FUNCTION jirasync.touched_issues(
    p_tenant text, p_ids bigint[], p_tokens bigint[],
    OUT sources text[], OUT issue_ids bigint[], OUT quiet_sources text[], OUT quiet_ids bigint[])
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
END
$$;
COMMENT ON FUNCTION jirasync.touched_issues IS 'Issues named by the given correlate_issue jobs, as parallel arrays, those of quiet jobs apart; a key that is no issue id names none';
