-- With which tag did a commit come out first?
CREATE OR REPLACE FUNCTION jirasync.first_tag(source text, repository text, sha text, tenant text DEFAULT 'main')
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_sha  text;
BEGIN
    v_sha := jirasync.known_commit(first_tag.tenant, first_tag.source, first_tag.repository, first_tag.sha);
    RETURN (
        SELECT h.ref
        FROM jirasync.refs_holding(first_tag.tenant, first_tag.source, first_tag.repository, v_sha) h
        LEFT JOIN LATERAL (
            SELECT c.landed_at, c.committed_at FROM jirasync.commits c
            WHERE c.tenant = first_tag.tenant AND c.source = first_tag.source AND c.repository = first_tag.repository
              AND c.sha = h.ref_sha
            OFFSET 0) t ON true
        WHERE h.kind = 'tag'
        ORDER BY coalesce(t.landed_at, t.committed_at), jirasync.version_sort_key(h.ref) COLLATE "C", h.ref
        LIMIT 1);
END
$$;
COMMENT ON FUNCTION jirasync.first_tag IS 'The first tag that holds a commit (hash, also cut short): by when the tagged commit landed (else was committed), then by version; NULL where none does';
