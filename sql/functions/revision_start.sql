-- What a branch, a tag or a hash means: the place that its history is read from.
CREATE OR REPLACE FUNCTION jirasync.revision_start(
    p_tenant text, p_source text, p_repository text, p_revision text,
    OUT sha text, OUT ref text, OUT "position" integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off AS $$
DECLARE
    v_ref    jirasync.refs;
    -- A tag that bears the name of a branch is tags/NAME, and is meant by the bare name, as with git.
    v_names  text[] := ARRAY['tags/' || p_revision, p_revision, regexp_replace(p_revision, '^refs/', ''),
                             regexp_replace(p_revision, '^(refs/)?(heads|tags)/', '')];
BEGIN
    SELECT r.* INTO v_ref FROM jirasync.refs r
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
      AND (r.ref = ANY (v_names) OR p_revision = 'HEAD' AND r.is_default)
      AND (r.kind = 'branch' OR p_revision !~ '^refs/heads/') AND (r.kind = 'tag' OR p_revision !~ '^refs/tags/')
    ORDER BY r.deleted_at IS NULL DESC, array_position(v_names, r.ref) LIMIT 1;
    IF v_ref.deleted_at IS NULL AND v_ref.ref IS NOT NULL THEN
        sha := v_ref.sha;
        -- A ref that stands where its line says is read from there; of one whose place is not known the commit is.
        IF v_ref.parent_ref IS NOT NULL OR v_ref.base_sha IS NULL AND EXISTS (
            SELECT FROM jirasync.commit_refs p
            WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.ref = v_ref.ref) THEN
            ref := v_ref.ref;
            "position" := 2147483647;
        END IF;
        RETURN;
    END IF;
    sha := jirasync.find_commit(p_tenant, p_source, p_repository, p_revision);
    IF sha IS NULL THEN
        RAISE EXCEPTION '% has no branch, tag or commit %', p_repository, p_revision
            USING ERRCODE = 'no_data_found', HINT = CASE WHEN v_ref.ref IS NOT NULL
                THEN format('%s was deleted; its last commit was %s.', v_ref.ref, v_ref.sha)
                ELSE coalesce('Near it: ' || jirasync.near_names(p_revision, ARRAY(
                    SELECT r.ref FROM jirasync.refs r
                    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
                      AND r.deleted_at IS NULL)) || '.', 'No branch or tag of it is known yet.') END;
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.revision_start IS 'The commit that a branch, tag or hash (in full or cut short) means, and for a branch or tag whose place is known its line; raises, and names near ones, where there is none';
