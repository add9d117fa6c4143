-- What a repository's commits name and the mirror has not got.
CREATE OR REPLACE FUNCTION jirasync.import_unknown_projects(p_tenant text, p_source text, p_repository text)
RETURNS TABLE (prefix text, commits bigint, is_known boolean) LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH known AS MATERIALIZED (
        SELECT DISTINCT rtrim(i.issue_key, '0123456789') AS prefix FROM jirasync.issue_keys i WHERE i.tenant = p_tenant
        UNION
        SELECT p.project_key || '-' FROM jirasync.projects p WHERE p.tenant = p_tenant
    ), named AS (
        SELECT DISTINCT rtrim(k.key, '0123456789') AS prefix, k.sha
        FROM jirasync.commit_keys k
        WHERE k.tenant = p_tenant AND k.source = p_source AND k.repository = p_repository
          AND NOT EXISTS (
              SELECT FROM jirasync.issue_keys i WHERE i.tenant = p_tenant AND i.issue_key = k.key)
    )
    SELECT rtrim(n.prefix, '-'), count(*), n.prefix IN (SELECT w.prefix FROM known w)
    FROM named n GROUP BY n.prefix ORDER BY 2 DESC, 1;
END
$$;
COMMENT ON FUNCTION jirasync.import_unknown_projects IS 'Prefixes of the keys that a repository''s commits name and no issue of the mirror bears, with the number of commits; is_known tells a known project (its issue is missing) from one that is not there, or is no project at all';
