-- The touched branches, tags and pull requests: where commits are, and which keys they have by that.
CREATE OR REPLACE FUNCTION jirasync.correlate_refs(
    p_tenant text, p_ids bigint[], p_tokens bigint[], p_sources text[], p_repositories text[], p_shas text[],
    OUT sources text[], OUT repositories text[], OUT shas text[], OUT changed integer)
LANGUAGE plpgsql AS $$
DECLARE
    v_named    record;
    v_written  record;
    r          record;
BEGIN
    sources := p_sources;
    repositories := p_repositories;
    shas := p_shas;
    changed := 0;
    v_named := jirasync.touched_refs(p_tenant, p_ids, p_tokens);
    FOR r IN
        SELECT t.source, t.repository,
               array_agg(substr(t.name, 2)) FILTER (WHERE t.name ~ '^\^[^^*]') AS refs,
               array_agg(substr(t.name, 3)) FILTER (WHERE t.name ~ '^\^\^') AS whole,
               bool_or(t.name = '^*') AS is_all,
               array_agg(substr(t.name, 2)::bigint) FILTER (WHERE t.name ~ '^!') AS requests,
               array_agg(t.sha) FILTER (WHERE t.sha IS NOT NULL) AS shas
        FROM (SELECT n.source, n.repository, n.name, NULL AS sha
              FROM unnest(v_named.sources, v_named.repositories, v_named.names) n (source, repository, name)
              UNION ALL
              SELECT c.source, c.repository, '', c.sha
              FROM unnest(p_sources, p_repositories, p_shas) c (source, repository, sha)) t
        GROUP BY t.source, t.repository
        ORDER BY t.source, t.repository
    LOOP
        IF jirasync.is_told_of(p_tenant, r.source, r.repository) THEN
            SELECT w.* INTO v_written FROM jirasync.correlate_repository(
                p_tenant, r.source, r.repository, CASE WHEN r.is_all THEN NULL ELSE coalesce(r.refs, '{}') END,
                coalesce(r.whole, '{}'), coalesce(r.requests, '{}'), coalesce(r.shas, '{}')) w;
        ELSIF r.is_all THEN
            -- The import wrote all but on which branches its reverts hold.
            SELECT w.* INTO v_written FROM jirasync.write_reverts(p_tenant, r.source, r.repository, '{}') w;
        ELSE
            CONTINUE;
        END IF;
        changed := changed + v_written.changed;
        SELECT sources || coalesce(array_agg(r.source), '{}'),
               repositories || coalesce(array_agg(r.repository), '{}'), shas || coalesce(array_agg(n.sha), '{}')
        INTO sources, repositories, shas
        FROM (SELECT unnest(v_written.shas) EXCEPT SELECT unnest(r.shas)) n (sha);
        -- What takes back a pull request, in whichever repository, takes back what it is said to have merged now.
        SELECT sources || coalesce(array_agg(n.source), '{}'), repositories || coalesce(array_agg(n.repository), '{}'),
               shas || coalesce(array_agg(n.sha), '{}')
        INTO sources, repositories, shas
        FROM unnest(r.requests) q (number)
        CROSS JOIN LATERAL (VALUES ('#' || q.number, r.repository), (r.repository || '#' || q.number, NULL)) name (named, own)
        CROSS JOIN LATERAL (
            SELECT o.source, o.repository, o.sha FROM jirasync.revert_names o
            WHERE o.tenant = p_tenant AND o.source = r.source AND left(o.named, 7) = left(name.named, 7)
              AND o.named = name.named AND (name.own IS NULL OR o.repository = name.own)
            OFFSET 0) n;
    END LOOP;
END
$$;
COMMENT ON FUNCTION jirasync.correlate_refs IS 'Bring refs, places, landing and the keys that follow from them up to date for what the jobs name and for the given commits; gives back the commits with those added whose standing may have changed. Of repositories that no webhook tells of, only on which branches reverts hold is not left to imports';
