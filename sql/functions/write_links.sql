-- Links between issues and commits: writes what issue_commits lacks or has too much.
CREATE OR REPLACE FUNCTION jirasync.write_links(
    p_tenant text, p_keys text[], p_sources text[], p_repositories text[], p_shas text[])
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_changed integer;
BEGIN
    WITH present AS MATERIALIZED (
        SELECT * FROM jirasync.present_links(p_tenant, p_keys, p_sources, p_repositories, p_shas)
    ), wanted AS MATERIALIZED (
        SELECT * FROM jirasync.wanted_links(p_tenant, p_keys, p_sources, p_repositories, p_shas)
    ), extra AS (
        SELECT source, issue_id, commit_source, repository, sha, evidence, named_key FROM present
        EXCEPT SELECT source, issue_id, commit_source, repository, sha, evidence, named_key FROM wanted
    ), gone AS (
        DELETE FROM jirasync.issue_commits l USING extra e
        WHERE l.tenant = p_tenant AND l.source = e.source AND l.issue_id = e.issue_id
          AND l.commit_source = e.commit_source AND l.repository = e.repository AND l.sha = e.sha
          AND l.evidence = e.evidence AND l.named_key = e.named_key
        RETURNING 1
    ), put AS (
        INSERT INTO jirasync.issue_commits
            (tenant, source, issue_id, issue_key, commit_source, repository, sha, evidence, named_key,
             is_merge, reverted_by, counts, landed_at, is_revert)
        SELECT tenant, source, issue_id, issue_key, commit_source, repository, sha, evidence, named_key,
               is_merge, reverted_by, counts, landed_at, is_revert FROM wanted
        EXCEPT
        SELECT tenant, source, issue_id, issue_key, commit_source, repository, sha, evidence, named_key,
               is_merge, reverted_by, counts, landed_at, is_revert FROM present
        ON CONFLICT (tenant, source, issue_id, commit_source, repository, sha, evidence, named_key) DO UPDATE
        SET issue_key = excluded.issue_key, is_merge = excluded.is_merge, reverted_by = excluded.reverted_by,
            counts = excluded.counts, landed_at = excluded.landed_at, is_revert = excluded.is_revert
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM put) INTO v_changed;
    RETURN v_changed;
END
$$;
COMMENT ON FUNCTION jirasync.write_links IS 'Write the difference between issue_commits and its definition, for the given keys and commits or (p_keys NULL) for all; returns rows changed';
