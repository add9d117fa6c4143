-- How a commit landed, in words.
CREATE OR REPLACE FUNCTION jirasync.landing_words(p_tenant text, p_source text, p_repository text, p_sha text)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_commit  jirasync.commits;
    v_branch  text;
    v_with    text;
BEGIN
    SELECT c.* INTO v_commit FROM jirasync.commits c
    WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = p_sha;
    IF v_commit.is_unreachable THEN
        RETURN 'no branch or tag holds it any more';
    ELSIF v_commit.landed_at IS NULL THEN
        RETURN CASE WHEN (SELECT r.knows_branches FROM jirasync.repositories r
                          WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository)
                    THEN 'on no counted branch'
                    ELSE 'taken as landed: no branch of the repository is known yet' END;
    END IF;
    -- Where it landed first, and the line's commit that brought it there.
    SELECT o.ref, line.sha INTO v_branch, v_with
    FROM jirasync.commit_refs o
    JOIN jirasync.refs r
      ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = o.ref
    LEFT JOIN LATERAL (
        SELECT m.sha FROM jirasync.commit_refs m
        WHERE m.tenant = p_tenant AND m.source = p_source AND m.repository = p_repository AND m.ref = o.ref
          AND m.position = o.position AND m.on_line AND m.sha <> o.sha AND NOT o.on_line
        LIMIT 1) line ON true
    WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = p_sha AND r.counted
    ORDER BY o.ref = v_commit.landed_by DESC NULLS LAST, o.landed_at, r.is_default DESC, o.ref
    LIMIT 1;
    v_branch := coalesce(v_branch, v_commit.landed_by, 'a counted branch');
    -- (NAME~TIP and NAME~, what a branch held before it was put elsewhere, are no names that git knows)
    RETURN 'on ' || split_part(v_branch, '~', 1)
        || CASE WHEN strpos(v_branch, '~') > 0 THEN ' as it was' ELSE '' END
        || coalesce(' at ' || nullif(split_part(v_branch, '~', 2), ''), '')
        || coalesce(', with ' || jirasync.commit_words(p_tenant, p_source, p_repository, v_with), '');
END
$$;
COMMENT ON FUNCTION jirasync.landing_words IS 'On which counted branch a commit landed first and which commit of its line brought it; or that it has not, or that nothing holds it any more';
