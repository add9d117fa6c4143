-- The first tag that holds a commit, for first_tag and explain_issue.
CREATE OR REPLACE FUNCTION jirasync.first_tag_holding(p_tenant text, p_source text, p_repository text, p_sha text)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off AS $$
BEGIN
    RETURN (
        SELECT h.ref
        FROM jirasync.refs_holding(p_tenant, p_source, p_repository, p_sha) h
        LEFT JOIN LATERAL (
            SELECT c.landed_at, c.committed_at FROM jirasync.commits c
            WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = h.ref_sha
            OFFSET 0) t ON true
        WHERE h.kind = 'tag'
        ORDER BY coalesce(t.landed_at, t.committed_at), jirasync.version_sort_key(h.ref) COLLATE "C", h.ref
        LIMIT 1);
END
$$;
COMMENT ON FUNCTION jirasync.first_tag_holding IS 'first_tag of a commit by its full hash; NULL for one that is not known';
