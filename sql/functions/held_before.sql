-- Which commits the repository held already when a push came.

CREATE OR REPLACE FUNCTION jirasync.held_before(
    p_tenant text, p_source text, p_delivery_id text, p_change integer, p_shas text[])
RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER STABLE
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_push  jirasync.pushes;
BEGIN
    SELECT * INTO v_push FROM jirasync.pushes p
     WHERE p.tenant = p_tenant AND p.source = p_source AND p.delivery_id = p_delivery_id AND p.change = p_change;
    RETURN QUERY
        SELECT u.sha
          FROM unnest(p_shas) u (sha)
         WHERE EXISTS (
               SELECT FROM jirasync.commits c
                WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = v_push.repository AND c.sha = u.sha
                  AND c.is_from_history)
            OR EXISTS (
               SELECT
                 FROM jirasync.push_commits l
                CROSS JOIN LATERAL (
                      SELECT * FROM jirasync.pushes n
                       WHERE n.tenant = p_tenant AND n.source = p_source AND n.delivery_id = l.delivery_id
                         AND n.change = l.change
                      OFFSET 0) p
                WHERE l.tenant = p_tenant AND l.source = p_source AND l.repository = v_push.repository AND l.sha = u.sha
                  AND (p.received_at, p.seq) < (v_push.received_at, v_push.seq)
                  -- and has not been dropped since: deleted, or moved by force to where it had not been after it
                  AND NOT EXISTS (
                      SELECT FROM jirasync.pushes d
                       WHERE d.tenant = p_tenant AND d.source = p_source AND d.repository = p.repository AND d.ref = p.ref
                         AND d.kind = p.kind AND NOT d.is_notice AND (d.is_forced OR d.after IS NULL)
                         AND (d.received_at, d.seq) > (p.received_at, p.seq)
                         AND (d.received_at, d.seq) < (v_push.received_at, v_push.seq)
                         AND (d.after IS NULL OR NOT EXISTS (
                              SELECT FROM jirasync.pushes b
                               WHERE b.tenant = p_tenant AND b.source = p_source AND b.repository = p.repository
                                 AND b.ref = p.ref AND b.kind = p.kind AND b.after = d.after
                                 AND (b.received_at, b.seq) >= (p.received_at, p.seq)
                                 AND (b.received_at, b.seq) < (d.received_at, d.seq)))));
END
$$;
COMMENT ON FUNCTION jirasync.held_before(text, text, text, integer, text[]) IS
    'Of the given commits those that some branch held, as far as is known, when a push came: an import has read them, or an earlier push lists them and nothing has dropped them in between. Where a new branch''s own commits end; what a branch kept when it was moved by force counts as dropped, so that none is missed';
