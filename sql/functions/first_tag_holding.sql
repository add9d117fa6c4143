-- The first tag that holds a commit and has not taken it back, for first_tag and explain_issue.
CREATE OR REPLACE FUNCTION jirasync.first_tag_holding(p_tenant text, p_source text, p_repository text, p_sha text)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    r         record;
    v_parent  text;
    v_until   integer;
    v_tags    text[] := '{}';
    v_shas    text[] := '{}';
    v_taken   text[] := ARRAY(SELECT t.tag FROM jirasync.taken_back_in_tags(p_tenant, p_source, p_repository, ARRAY[p_sha]) t
                              WHERE t.sha = p_sha);
BEGIN
    -- Of the tags on one line only the first that has not taken it back can be the one, and those cut from the line before it.
    FOR r IN SELECT h.ref, h.ref_sha, h.parent_ref, h.fork_position
             FROM jirasync.refs_holding(p_tenant, p_source, p_repository, p_sha) h
             WHERE h.kind = 'tag' ORDER BY h.parent_ref, h.fork_position
    LOOP
        IF r.parent_ref IS DISTINCT FROM v_parent THEN
            v_parent := r.parent_ref;
            v_until := NULL;
        END IF;
        CONTINUE WHEN r.fork_position > v_until OR r.ref = ANY (v_taken);
        v_tags := v_tags || r.ref;
        v_shas := v_shas || r.ref_sha;
        IF EXISTS (SELECT FROM jirasync.commit_refs o
                   WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository
                     AND o.sha = r.ref_sha AND o.ref = r.parent_ref AND o.position = r.fork_position) THEN
            v_until := r.fork_position;
        END IF;
    END LOOP;
    RETURN (
        SELECT t.tag FROM unnest(v_tags, v_shas) t (tag, sha)
        LEFT JOIN LATERAL (
            SELECT coalesce(c.committed_at, c.landed_at) AS at FROM jirasync.commits c
            WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = t.sha
            OFFSET 0) c ON true
        ORDER BY c.at, jirasync.version_sort_key(t.tag) COLLATE "C", t.tag
        LIMIT 1);
END
$$;
COMMENT ON FUNCTION jirasync.first_tag_holding IS 'first_tag of a commit by its full hash; NULL for one that is not known';
