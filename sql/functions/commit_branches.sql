-- Which branches hold a commit?
CREATE OR REPLACE FUNCTION jirasync.commit_branches(
    source text, repository text, sha text, tenant text DEFAULT 'main')
RETURNS TABLE (branch text, counted boolean, is_default boolean, landed_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_sha  text;
BEGIN
    v_sha := jirasync.known_commit(commit_branches.tenant, commit_branches.source, commit_branches.repository,
                                   commit_branches.sha);
    RETURN QUERY
        SELECT h.ref, h.counted, h.is_default, h.landed_at
        FROM jirasync.refs_holding(commit_branches.tenant, commit_branches.source, commit_branches.repository, v_sha) h
        WHERE h.kind = 'branch'
        ORDER BY h.is_default DESC, h.counted DESC, h.ref;
END
$$;
COMMENT ON FUNCTION jirasync.commit_branches IS 'The branches that hold a commit (hash, also cut short), the default one first; landed_at where it is new on that branch and the branch counts';
