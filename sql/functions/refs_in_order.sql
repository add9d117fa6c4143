-- The refs of a repository, each after what it can have been cut from.
CREATE OR REPLACE FUNCTION jirasync.refs_in_order(p_tenant text, p_source text, p_repository text) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(
        SELECT t.ref
        FROM (SELECT p.ref, min(p.received_at) AS at FROM jirasync.pushes p
              WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND NOT p.is_notice
              GROUP BY p.ref
              UNION ALL
              SELECT CASE WHEN r.kind = 'tag' AND r.ref LIKE 'tags/%' THEN substr(r.ref, 6) ELSE r.ref END, '-infinity'
              FROM jirasync.refs r
              WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
                AND strpos(r.ref, '~') = 0) t
        GROUP BY t.ref
        ORDER BY min(t.at), t.ref);
END
$$;
COMMENT ON FUNCTION jirasync.refs_in_order IS 'The names, as pushes have them, of all refs that imports or pushes tell of, the oldest first';
