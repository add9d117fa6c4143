-- What the commits of a range are worked on: their issues and the stories that these stand for.
CREATE OR REPLACE FUNCTION jirasync.work_in_range(p_tenant text, p_source text, p_repository text, p_shas text[])
RETURNS TABLE (place bigint, sha text, landed_at timestamptz, story_source text, story_id bigint, issue_id bigint,
               issue_key text, summary text, fix_versions text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    -- A revert takes back what came before it in the range, wherever else the two may be.
    v_reverts  text[];
    v_targets  text[];
    v_taken    text[];
    v_undone   text[];
BEGIN
    SELECT array_agg(r.sha), array_agg(r.target) INTO v_reverts, v_targets
    FROM unnest(p_shas) WITH ORDINALITY u (sha, place)
    CROSS JOIN LATERAL (
        SELECT t.sha, t.target FROM jirasync.wanted_revert_targets t
        WHERE t.tenant = p_tenant AND t.source = p_source AND t.repository = p_repository AND t.sha = u.sha
          AND EXISTS (SELECT FROM jirasync.revert_names n
                      WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = u.sha)
        OFFSET 0) r
    WHERE array_position(p_shas, r.target) < u.place;
    IF v_reverts IS NOT NULL THEN
        -- and has come to nothing together with it
        SELECT array_agg(e.target), array_agg(e.target) || array_agg(e.revert) INTO v_taken, v_undone
        FROM jirasync.effective_reverts(v_reverts, v_targets, array_fill(''::text, ARRAY[cardinality(v_reverts)])) e;
    END IF;
    RETURN QUERY
        WITH ranged AS MATERIALIZED (
            SELECT u.sha, u.place, c.message, c.author, c.author_email, coalesce(c.landed_at, c.committed_at) AS landed_at,
                   coalesce(cardinality(c.parents) > 1, c.is_merge_named) AS is_merge,
                   cardinality(c.reverts) > 0 IS TRUE AS is_revert
            FROM unnest(p_shas) WITH ORDINALITY u (sha, place)
            CROSS JOIN LATERAL (
                SELECT * FROM jirasync.commits n
                WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = u.sha
                OFFSET 0) c
        ), linked AS MATERIALIZED (
            SELECT DISTINCT r.place, r.sha, r.landed_at, r.is_merge, l.source, l.issue_id, l.is_revert
            FROM ranged r
            CROSS JOIN LATERAL (
                SELECT * FROM jirasync.issue_commits n
                WHERE n.tenant = p_tenant AND n.commit_source = p_source AND n.repository = p_repository AND n.sha = r.sha
                OFFSET 0) l
        )
        SELECT l.place, l.sha, l.landed_at, i.source, coalesce(parent.issue_id, i.issue_id), i.issue_id,
               coalesce(parent.issue_key, i.issue_key), coalesce(parent.summary, i.summary),
               coalesce(parent.fix_versions, i.fix_versions)
        FROM linked l
        JOIN jirasync.issues i ON i.tenant = p_tenant AND i.source = l.source AND i.issue_id = l.issue_id
        LEFT JOIN jirasync.issues parent
          ON i.hierarchy_level < 0 AND parent.tenant = i.tenant AND parent.source = i.source
         AND parent.issue_id = i.parent_id AND parent.deleted_at IS NULL AND NOT parent.is_stub
         AND parent.hierarchy_level > 0 IS NOT TRUE
        WHERE NOT l.is_merge AND NOT l.is_revert
          AND (v_taken IS NULL OR l.sha <> ALL (v_taken))
        UNION ALL
        SELECT r.place, r.sha, r.landed_at, NULL, NULL, NULL, NULL, split_part(r.message, E'\n', 1), NULL
        FROM ranged r
        WHERE NOT r.is_merge AND NOT EXISTS (SELECT FROM linked l WHERE l.sha = r.sha)
          AND (v_undone IS NULL OR r.sha <> ALL (v_undone))
          AND jirasync.is_judged_commit(p_tenant, p_source, p_repository, r.sha, r.author, r.author_email, r.message);
END
$$;
COMMENT ON FUNCTION jirasync.work_in_range IS 'The commits given (in order) that are work, each with its issues, and with story_id the issue that is judged for each (a sub-task''s parent); story_id NULL: the commit has no issue and should have one';
