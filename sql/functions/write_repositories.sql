-- What is known of the repositories that touched commits belong to.
CREATE OR REPLACE FUNCTION jirasync.write_repositories(
    p_tenant text, p_sources text[], p_repositories text[],
    OUT changed integer, OUT sources text[], OUT repositories text[])
LANGUAGE plpgsql AS $$
BEGIN
    WITH wanted AS MATERIALIZED (
        SELECT u.source, u.repository, EXISTS (
                   SELECT FROM jirasync.refs r
                   WHERE r.tenant = p_tenant AND r.source = u.source AND r.repository = u.repository
                     AND r.kind = 'branch') AS knows_branches
        FROM (SELECT DISTINCT * FROM unnest(p_sources, p_repositories)) u (source, repository)
    ), put AS (
        INSERT INTO jirasync.repositories AS r (tenant, source, repository, knows_branches)
        SELECT p_tenant, w.source, w.repository, w.knows_branches FROM wanted w
        ON CONFLICT (tenant, source, repository) DO UPDATE SET knows_branches = excluded.knows_branches
        WHERE r.knows_branches <> excluded.knows_branches
        RETURNING r.source, r.repository
    )
    SELECT count(*), coalesce(array_agg(p.source), '{}'), coalesce(array_agg(p.repository), '{}')
    INTO changed, sources, repositories FROM put p;
END
$$;
COMMENT ON FUNCTION jirasync.write_repositories IS 'Remember of each repository whether a branch of it is known; says for which that is news';
