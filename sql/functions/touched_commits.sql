-- The commits that correlate_commit jobs name.
CREATE OR REPLACE FUNCTION jirasync.touched_commits(
    p_tenant text, p_ids bigint[], p_tokens bigint[],
    OUT sources text[], OUT repositories text[], OUT shas text[])
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT coalesce(array_agg(t.source), '{}'), coalesce(array_agg(t.repository), '{}'), coalesce(array_agg(t.sha), '{}')
    INTO sources, repositories, shas
    FROM (WITH job AS MATERIALIZED (
              SELECT j.source, regexp_match(j.key, '^(.+)@([0-9a-fA-F]{7,64})$') AS one,
                     regexp_match(j.key, '^(.+)#([0-9]{1,18})-([0-9]{1,18})$') AS many
              FROM unnest(p_ids, p_tokens) u (id, token)
              CROSS JOIN LATERAL (
                  SELECT * FROM jirasync.jobs n WHERE n.tenant = p_tenant AND n.id = u.id AND n.lease_token = u.token
                  OFFSET 0) j
              WHERE j.kind = 'correlate_commit')
          SELECT j.source, j.one[1] AS repository, lower(j.one[2]) AS sha FROM job j WHERE j.one IS NOT NULL
          UNION
          SELECT c.source, c.repository, c.sha
          FROM job j
          JOIN jirasync.commits c
            ON c.tenant = p_tenant AND c.source = j.source AND c.repository = j.many[1]
           AND c.changed_seq BETWEEN j.many[2]::bigint AND j.many[3]::bigint
          WHERE j.many IS NOT NULL) t;
END
$$;
COMMENT ON FUNCTION jirasync.touched_commits IS 'Commits named by the given correlate_commit jobs, as parallel arrays: REPOSITORY@SHA is one, REPOSITORY#FROM-TO all whose changed_seq lies there';
