-- All links between issues and commits of a tenant, compared with their definition in one pass.
CREATE OR REPLACE FUNCTION jirasync.rebuild_links(p_tenant text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_changed bigint;
BEGIN
    -- Only what differs is kept: a million links that stay as they are cost one join.
    WITH difference AS MATERIALIZED (
        SELECT w AS wanted, l AS present, w.tenant IS NULL AS is_extra, l.tenant IS NULL AS is_new
        FROM (SELECT * FROM jirasync.wanted_issue_commits v WHERE v.tenant = p_tenant) w
        FULL JOIN (SELECT * FROM jirasync.issue_commits c WHERE c.tenant = p_tenant) l
          ON l.source = w.source AND l.issue_id = w.issue_id AND l.commit_source = w.commit_source
         AND l.repository = w.repository AND l.sha = w.sha AND l.evidence = w.evidence AND l.named_key = w.named_key
        WHERE w.tenant IS NULL OR l.tenant IS NULL
           OR (l.issue_key, l.is_merge, l.reverted_by, l.counts, l.landed_at, l.is_revert, l.is_unreachable, l.reverted_on,
               l.original_sha)
              IS DISTINCT FROM (w.issue_key, w.is_merge, w.reverted_by, w.counts, w.landed_at, w.is_revert,
                                w.is_unreachable, w.reverted_on, w.original_sha)
    ), gone AS (
        DELETE FROM jirasync.issue_commits c USING difference d
        WHERE NOT d.is_new AND c.tenant = p_tenant AND c.source = (d.present).source
          AND c.issue_id = (d.present).issue_id AND c.commit_source = (d.present).commit_source
          AND c.repository = (d.present).repository AND c.sha = (d.present).sha
          AND c.evidence = (d.present).evidence AND c.named_key = (d.present).named_key AND d.is_extra
    ), changed AS (
        UPDATE jirasync.issue_commits c
        SET issue_key = (d.wanted).issue_key, is_merge = (d.wanted).is_merge, reverted_by = (d.wanted).reverted_by,
            counts = (d.wanted).counts, landed_at = (d.wanted).landed_at, is_revert = (d.wanted).is_revert,
            is_unreachable = (d.wanted).is_unreachable, reverted_on = (d.wanted).reverted_on,
            original_sha = (d.wanted).original_sha
        FROM difference d
        WHERE NOT d.is_extra AND NOT d.is_new AND c.tenant = p_tenant AND c.source = (d.wanted).source
          AND c.issue_id = (d.wanted).issue_id AND c.commit_source = (d.wanted).commit_source
          AND c.repository = (d.wanted).repository AND c.sha = (d.wanted).sha
          AND c.evidence = (d.wanted).evidence AND c.named_key = (d.wanted).named_key
    ), added AS (
        INSERT INTO jirasync.issue_commits
            (tenant, source, issue_id, issue_key, commit_source, repository, sha, evidence, named_key,
             is_merge, reverted_by, counts, landed_at, is_revert, is_unreachable, reverted_on, original_sha)
        SELECT p_tenant, (wanted).source, (wanted).issue_id, (wanted).issue_key, (wanted).commit_source, (wanted).repository,
               (wanted).sha, (wanted).evidence, (wanted).named_key, (wanted).is_merge, (wanted).reverted_by,
               (wanted).counts, (wanted).landed_at, (wanted).is_revert, (wanted).is_unreachable, (wanted).reverted_on,
               (wanted).original_sha
        FROM difference WHERE is_new
        -- in the order of the primary key: a million rows in any order write each of its pages many times
        ORDER BY (wanted).source, (wanted).issue_id, (wanted).commit_source, (wanted).repository, (wanted).sha
    )
    SELECT count(*) INTO v_changed FROM difference;
    RETURN v_changed;
END
$$;
COMMENT ON FUNCTION jirasync.rebuild_links IS 'Write the difference between issue_commits and its definition, for the whole tenant; returns rows changed';
