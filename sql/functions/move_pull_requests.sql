-- Gives a repository's pull requests to another name; of one that is known under both the look of the higher rank stays.
CREATE OR REPLACE FUNCTION jirasync.move_pull_requests(p_tenant text, p_source text, p_former text, p_repository text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_moved  bigint;
BEGIN
    -- (the rank as store_pull_requests has it)
    DELETE FROM jirasync.pull_requests q
    USING jirasync.pull_requests o
    WHERE q.tenant = p_tenant AND q.source = p_source AND q.repository IN (p_former, p_repository)
      AND o.tenant = p_tenant AND o.source = p_source AND o.repository IN (p_former, p_repository)
      AND o.repository <> q.repository AND o.number = q.number
      AND (o.rank_at, o.state IS NOT DISTINCT FROM 'merged', o.rank_sha256, o.delivery_id, o.repository = p_repository)
          > (q.rank_at, q.state IS NOT DISTINCT FROM 'merged', q.rank_sha256, q.delivery_id, q.repository = p_repository);
    UPDATE jirasync.pull_requests q SET repository = p_repository
    WHERE q.tenant = p_tenant AND q.source = p_source AND q.repository = p_former;
    GET DIAGNOSTICS v_moved = ROW_COUNT;
    RETURN v_moved;
END
$$;
COMMENT ON FUNCTION jirasync.move_pull_requests IS 'Part of rename_repository: moves pull requests; returns how many';
