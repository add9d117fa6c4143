-- Links between issues and commits: writes what issue_commits lacks or has too much for the given keys and commits.
CREATE OR REPLACE FUNCTION jirasync.write_links(
    p_tenant text, p_keys text[], p_sources text[], p_repositories text[], p_shas text[],
    OUT changed integer, OUT sources text[], OUT issue_ids bigint[])
LANGUAGE plpgsql AS $$
DECLARE
    v_extra    jirasync.issue_commits[];
BEGIN
    WITH present AS MATERIALIZED (
        SELECT * FROM jirasync.present_links(p_tenant, p_keys, p_sources, p_repositories, p_shas)
    ), wanted AS MATERIALIZED (
        SELECT * FROM jirasync.wanted_links(p_tenant, p_keys, p_sources, p_repositories, p_shas)
    ), put AS (
        INSERT INTO jirasync.issue_commits
            (tenant, source, issue_id, issue_key, commit_source, repository, sha, evidence, named_key,
             is_merge, reverted_by, counts, landed_at, is_revert, is_unreachable, reverted_on, original_sha)
        SELECT tenant, source, issue_id, issue_key, commit_source, repository, sha, evidence, named_key,
               is_merge, reverted_by, counts, landed_at, is_revert, is_unreachable, reverted_on, original_sha FROM wanted
        EXCEPT
        SELECT tenant, source, issue_id, issue_key, commit_source, repository, sha, evidence, named_key,
               is_merge, reverted_by, counts, landed_at, is_revert, is_unreachable, reverted_on, original_sha FROM present
        ON CONFLICT (tenant, source, issue_id, commit_source, repository, sha, evidence, named_key) DO UPDATE
        SET issue_key = excluded.issue_key, is_merge = excluded.is_merge, reverted_by = excluded.reverted_by,
            counts = excluded.counts, landed_at = excluded.landed_at, is_revert = excluded.is_revert,
            is_unreachable = excluded.is_unreachable, reverted_on = excluded.reverted_on,
            original_sha = excluded.original_sha
        RETURNING source, issue_id, commit_source, repository, sha
    ), other AS (
        SELECT DISTINCT p.source, p.issue_id FROM put p
        WHERE (p.commit_source, p.repository, p.sha) NOT IN (SELECT * FROM unnest(p_sources, p_repositories, p_shas))
    )
    SELECT (SELECT count(*) FROM put),
           (SELECT coalesce(array_agg(o.source), '{}') FROM other o),
           (SELECT coalesce(array_agg(o.issue_id), '{}') FROM other o),
           (SELECT array_agg(p)
            FROM present p
            WHERE (p.source, p.issue_id, p.commit_source, p.repository, p.sha, p.evidence, p.named_key) NOT IN (
                SELECT w.source, w.issue_id, w.commit_source, w.repository, w.sha, w.evidence, w.named_key FROM wanted w))
    INTO changed, sources, issue_ids, v_extra;
    -- Seldom: in a statement of its own it costs the others nothing.
    IF v_extra IS NOT NULL THEN
        DELETE FROM jirasync.issue_commits l USING unnest(v_extra) e
        WHERE l.tenant = p_tenant AND l.source = e.source AND l.issue_id = e.issue_id
          AND l.commit_source = e.commit_source AND l.repository = e.repository AND l.sha = e.sha
          AND l.evidence = e.evidence AND l.named_key = e.named_key;
        changed := changed + cardinality(v_extra);
        SELECT sources || array_agg(e.source), issue_ids || array_agg(e.issue_id) INTO sources, issue_ids
        FROM (SELECT DISTINCT x.source, x.issue_id FROM unnest(v_extra) x) e;
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.write_links IS 'Write the difference between issue_commits and its definition, for the given keys and commits; says how many rows differed, and which issues lost links or got such as the given commits don''t have';
