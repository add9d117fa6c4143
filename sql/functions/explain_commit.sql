-- One commit's story, for explain_issue.
CREATE OR REPLACE FUNCTION jirasync.explain_commit(
    p_tenant text, p_source text, p_repository text, p_sha text, p_keys text[], p_sub_tasks text, p_counts boolean,
    p_is_revert boolean, p_is_merge boolean, p_is_unreachable boolean, p_landed_at timestamptz)
RETURNS TABLE (line integer, subject text, detail text, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_commit  jirasync.commits;
    v_taken   jirasync.reverted_commits;
    v_at      timestamptz;
BEGIN
    SELECT c.* INTO v_commit FROM jirasync.commits c
    WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = p_sha;
    SELECT r.* INTO v_taken FROM jirasync.reverted_commits r
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.sha = p_sha AND r.holds;
    SELECT coalesce(c.landed_at, c.committed_at) INTO v_at FROM jirasync.commits c
    WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = v_taken.reverted_by;
    RETURN QUERY
        SELECT v.line, v.subject, v.detail, v.at
        FROM (VALUES
            (1, 'commit', format('%s: %s%s', p_repository, jirasync.commit_words(p_tenant, p_source, p_repository, p_sha),
                                 CASE WHEN p_is_merge THEN ', a merge' ELSE '' END), v_commit.committed_at),
            (2, 'evidence', jirasync.evidence_words(p_tenant, p_source, p_repository, p_sha, p_keys)
                || coalesce('; through sub-task ' || p_sub_tasks, ''), NULL),
            (3, 'landed', jirasync.landing_words(p_tenant, p_source, p_repository, p_sha), v_commit.landed_at),
            (4, 'held by', nullif(concat_ws('; ',
                jirasync.holders_words(p_tenant, p_source, p_repository, p_sha),
                'first tag ' || jirasync.first_tag_holding(p_tenant, p_source, p_repository, p_sha)), ''), NULL),
            (5, 'picked', 'from ' || jirasync.commit_words(p_tenant, p_source, p_repository, v_commit.picked_from), NULL),
            (6, 'reverted', 'by ' || jirasync.commit_words(p_tenant, p_source, p_repository, v_taken.reverted_by)
                || coalesce(' on ' || nullif(array_to_string(v_taken.reverted_on, ', '), ''), ''), v_at),
            (7, 'counts', CASE WHEN p_counts AND v_taken.sha IS NOT NULL THEN 'yes, where it was not taken back'
                               WHEN p_counts THEN 'yes' WHEN p_is_unreachable THEN 'no: unreachable'
                               WHEN p_is_revert THEN 'no: it takes other work back'
                               WHEN v_taken.is_everywhere THEN 'no: taken back' ELSE 'no: not landed' END, p_landed_at)
            ) v (line, subject, detail, at)
        WHERE v.detail IS NOT NULL;
END
$$;
COMMENT ON FUNCTION jirasync.explain_commit IS 'Rows of explain_issue: one commit, what links it, where and with what it landed, which branches and which first tag hold it, what it was picked from, who reverted it and where, and whether it counts';
