-- The branches, tags and pull requests that correlate_commit jobs name.
CREATE OR REPLACE FUNCTION jirasync.touched_refs(
    p_tenant text, p_ids bigint[], p_tokens bigint[],
    OUT sources text[], OUT repositories text[], OUT names text[])
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT coalesce(array_agg(t.source), '{}'), coalesce(array_agg(t.name[1]), '{}'), coalesce(array_agg(t.name[2]), '{}')
    INTO sources, repositories, names
    FROM (SELECT DISTINCT j.source, regexp_match(j.key, '^(.+?)(\^\^?[^^]+|![0-9]{1,18})$') AS name
          FROM unnest(p_ids, p_tokens) u (id, token)
          CROSS JOIN LATERAL (
              SELECT * FROM jirasync.jobs n WHERE n.tenant = p_tenant AND n.id = u.id AND n.lease_token = u.token
              OFFSET 0) j
          WHERE j.kind = 'correlate_commit') t
    WHERE t.name IS NOT NULL;
END
$$;
COMMENT ON FUNCTION jirasync.touched_refs IS 'What the given correlate_commit jobs name that is no commit, as parallel arrays: REPOSITORY^REF, a branch or tag with new pushes; REPOSITORY^^REF, one that is to be read as a whole; REPOSITORY^*, all; REPOSITORY!NUMBER, a pull request. names begins with the mark';
