-- What one revision holds and another does not, as git rev-list FROM..TO has it.
CREATE OR REPLACE FUNCTION jirasync.commits_between(
    source text, repository text, from_ref text, to_ref text, tenant text DEFAULT 'main')
RETURNS TABLE (place bigint, sha text, committed_at timestamptz, author text, subject text, issue_keys text[],
               is_merge boolean, landed_at timestamptz, ref text, "position" integer, is_exact boolean, note text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    v_tenant      text := commits_between.tenant;
    v_source      text := commits_between.source;
    v_repository  text := commits_between.repository;
    v_ends        record;
BEGIN
    v_ends := jirasync.range_ends(v_tenant, v_source, v_repository, from_ref, to_ref);
    RETURN QUERY
        SELECT b.place, b.sha, c.committed_at, c.author, split_part(c.message, E'\n', 1), coalesce(k.issue_keys, '{}'),
               coalesce(cardinality(c.parents) > 1, c.is_merge_named, false),
               c.landed_at, b.ref, b.position, v_ends.is_exact, v_ends.note
        FROM jirasync.places_between(v_tenant, v_source, v_repository, v_ends.from_refs, v_ends.from_limits, v_ends.from_walked,
                                     v_ends.to_refs, v_ends.to_limits, v_ends.to_walked) b
        LEFT JOIN LATERAL (
            SELECT n.committed_at, n.author, n.message, n.parents, n.is_merge_named, n.landed_at
            FROM jirasync.commits n
            WHERE n.tenant = v_tenant AND n.source = v_source AND n.repository = v_repository AND n.sha = b.sha
            OFFSET 0) c ON true
        LEFT JOIN LATERAL (
            SELECT array_agg(DISTINCT l.issue_key ORDER BY l.issue_key) AS issue_keys FROM jirasync.issue_commits l
            WHERE l.tenant = v_tenant AND l.commit_source = v_source AND l.repository = v_repository AND l.sha = b.sha
            OFFSET 0) k ON true
        ORDER BY 1;
END
$$;
COMMENT ON FUNCTION jirasync.commits_between IS 'The commits that to_ref holds and from_ref does not, in the order of the branch, the oldest first. Both are a branch, a tag or a hash, also cut short. is_exact false, and a note that says why: pushes were missed, their parents are not told (guessed_pushes), or those of a commit beside the first-parent line';
