-- The touched commits, and what must be looked at again because of them.
CREATE OR REPLACE FUNCTION jirasync.correlate_commits(
    p_tenant text, p_sources text[], p_repositories text[], p_shas text[],
    OUT sources text[], OUT repositories text[], OUT shas text[], OUT changed integer)
LANGUAGE plpgsql AS $$
DECLARE
    r          record;
    v_written  record;
BEGIN
    SELECT * INTO v_written FROM jirasync.write_repositories(p_tenant, p_sources, p_repositories);
    changed := v_written.changed;
    sources := p_sources;
    repositories := p_repositories;
    shas := p_shas;
    IF changed > 0 THEN
        SELECT array_agg(t.source), array_agg(t.repository), array_agg(t.sha) INTO sources, repositories, shas
        FROM (SELECT * FROM unnest(p_sources, p_repositories, p_shas)
              UNION
              SELECT c.source, c.repository, c.sha
              FROM unnest(v_written.sources, v_written.repositories) u (source, repository)
              JOIN jirasync.commits c
                ON c.tenant = p_tenant AND c.source = u.source AND c.repository = u.repository
              WHERE c.landed_at IS NULL) t (source, repository, sha);
    END IF;
    FOR r IN SELECT t.source, t.repository, array_agg(t.sha) AS shas
             FROM unnest(sources, repositories, shas) t (source, repository, sha)
             GROUP BY t.source, t.repository ORDER BY t.source, t.repository
    LOOP
        SELECT * INTO v_written FROM jirasync.write_reverts(p_tenant, r.source, r.repository, r.shas);
        changed := changed + v_written.changed;
        SELECT sources || coalesce(array_agg(r.source), '{}'),
               repositories || coalesce(array_agg(r.repository), '{}'), shas || coalesce(array_agg(n.sha), '{}')
        INTO sources, repositories, shas
        FROM (SELECT unnest(v_written.shas)
              UNION SELECT jirasync.merges_beside(p_tenant, r.source, r.repository, r.shas || v_written.shas)
              EXCEPT SELECT unnest(r.shas)) n (sha);
    END LOOP;
END
$$;
COMMENT ON FUNCTION jirasync.correlate_commits IS 'Bring reverted_commits up to date around the given commits; gives back the commits with those added whose standing changed';
