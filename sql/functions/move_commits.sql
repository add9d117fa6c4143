-- Gives a repository's commits, with their keys, waivers and links, to another name; of one that both have the fuller look stays.
CREATE OR REPLACE FUNCTION jirasync.move_commits(p_tenant text, p_source text, p_former text, p_repository text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_names  text[] := ARRAY[p_former, p_repository];
    v_moved  bigint;
BEGIN
    -- What an import has read is fuller than any push (the look as store_pushed_commits has it); equal ones are the same.
    WITH look AS MATERIALIZED (
        SELECT c.repository, c.sha,
               ROW(c.is_from_history, c.parents IS NOT NULL,
                   num_nonnulls(c.author, c.author_email, c.authored_at, c.committed_at), length(c.message), c.message,
                   c.parents, c.author, c.author_email, c.authored_at, c.committed_at, c.picked_from, c.reverts,
                   c.handed_keys, c.is_merge_named, c.repository = p_repository) AS look
        FROM jirasync.commits c
        WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = ANY (v_names)
    ), lesser AS MATERIALIZED (
        SELECT l.repository, l.sha FROM look l JOIN look o ON o.sha = l.sha AND o.repository <> l.repository AND o.look > l.look
    ), no_key AS (
        DELETE FROM jirasync.commit_keys k USING lesser l
        WHERE k.tenant = p_tenant AND k.source = p_source AND k.repository = l.repository AND k.sha = l.sha
          AND k.evidence = 'message'
    ), not_refused AS (
        DELETE FROM jirasync.refused_keys r USING lesser l
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = l.repository AND r.sha = l.sha
    )
    DELETE FROM jirasync.commits c USING lesser l
    WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = l.repository AND c.sha = l.sha;
    UPDATE jirasync.commits c SET repository = p_repository
    WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_former;
    GET DIAGNOSTICS v_moved = ROW_COUNT;
    UPDATE jirasync.refused_keys r SET repository = p_repository
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_former;

    DELETE FROM jirasync.commit_waivers w
    USING jirasync.commit_waivers o
    WHERE w.tenant = p_tenant AND w.source = p_source AND w.repository = ANY (v_names)
      AND o.tenant = p_tenant AND o.source = p_source AND o.repository = ANY (v_names)
      AND o.repository <> w.repository AND o.sha = w.sha
      AND (o.waived_at, o.repository = p_repository) > (w.waived_at, w.repository = p_repository);
    UPDATE jirasync.commit_waivers w SET repository = p_repository
    WHERE w.tenant = p_tenant AND w.source = p_source AND w.repository = p_former;

    -- What is derived moves as it is, so that no story looks uncovered until the jobs are done, unless it is there.
    DELETE FROM jirasync.commit_keys k
    WHERE k.tenant = p_tenant AND k.source = p_source AND k.repository = p_former AND EXISTS (
        SELECT FROM jirasync.commit_keys o
        WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = k.sha
          AND o.key = k.key AND o.evidence = k.evidence AND o.via = k.via);
    UPDATE jirasync.commit_keys k SET repository = p_repository
    WHERE k.tenant = p_tenant AND k.source = p_source AND k.repository = p_former;
    DELETE FROM jirasync.issue_commits i
    WHERE i.tenant = p_tenant AND i.commit_source = p_source AND i.repository = p_former AND EXISTS (
        SELECT FROM jirasync.issue_commits o
        WHERE o.tenant = p_tenant AND o.source = i.source AND o.issue_id = i.issue_id AND o.commit_source = p_source
          AND o.repository = p_repository AND o.sha = i.sha AND o.evidence = i.evidence AND o.named_key = i.named_key);
    UPDATE jirasync.issue_commits i SET repository = p_repository
    WHERE i.tenant = p_tenant AND i.commit_source = p_source AND i.repository = p_former;
    DELETE FROM jirasync.revert_names n
    WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_former AND EXISTS (
        SELECT FROM jirasync.revert_names o
        WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = n.sha
          AND o.named = n.named);
    UPDATE jirasync.revert_names n SET repository = p_repository
    WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_former;
    DELETE FROM jirasync.reverted_commits v
    WHERE v.tenant = p_tenant AND v.source = p_source AND v.repository = p_former AND EXISTS (
        SELECT FROM jirasync.reverted_commits o
        WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = v.sha
          AND o.reverted_by = v.reverted_by);
    UPDATE jirasync.reverted_commits v SET repository = p_repository
    WHERE v.tenant = p_tenant AND v.source = p_source AND v.repository = p_former;
    RETURN v_moved;
END
$$;
COMMENT ON FUNCTION jirasync.move_commits IS 'Part of rename_repository: moves commits, their keys, refused keys, waivers, reverts and links; returns how many commits';
