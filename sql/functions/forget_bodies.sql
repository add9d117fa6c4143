-- Drops the bodies of the deliveries that tell of an issue.

CREATE OR REPLACE FUNCTION jirasync.forget_bodies(
    p_tenant text, p_source text, p_issue_id bigint, p_keys text[], p_children text[], p_since timestamptz)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
    -- What was received before has no body any more, but what was stored late.
    v_from  timestamptz := coalesce((SELECT least(p.bodies_until, p.bodies_from)
                                       FROM jirasync.prune_positions p WHERE p.tenant = p_tenant), '-infinity');
    v_rows  bigint;
    v_late  bigint;
BEGIN
    -- Of a comment or worklog the ledger may not know the issue: their bodies are read.
    UPDATE jirasync.deliveries d
       SET body = NULL
     WHERE d.tenant = p_tenant AND d.source = p_source AND d.body IS NOT NULL AND d.received_at >= greatest(p_since, v_from)
       AND (d.issue_id = p_issue_id
            OR d.issue_id IS NULL AND d.kind = 'jira' AND jirasync.body_tells_of(d.body, p_issue_id, p_keys, p_children));
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    UPDATE jirasync.deliveries d
       SET body = NULL
     WHERE d.tenant = p_tenant AND d.source = p_source AND d.body IS NOT NULL AND d.received_at < v_from
       AND d.stored_at - d.received_at > interval '1 day'
       AND (d.issue_id = p_issue_id
            OR d.issue_id IS NULL AND d.kind = 'jira' AND jirasync.body_tells_of(d.body, p_issue_id, p_keys, p_children));
    GET DIAGNOSTICS v_late = ROW_COUNT;
    RETURN v_rows + v_late;
END
$$;
COMMENT ON FUNCTION jirasync.forget_bodies(text, text, bigint, text[], text[], timestamptz) IS
    'Part of forget_issue: drops the bodies of the ledger''s deliveries received since p_since that tell of the issue or of one of its children; returns how many';
