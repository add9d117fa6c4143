-- What pushes say of a branch or tag, as moves between commits.
CREATE OR REPLACE FUNCTION jirasync.pushes_of_ref(
    p_tenant text, p_source text, p_repository text, p_ref text, p_kind text)
RETURNS TABLE (delivery_id text, change integer, before text, after text, goes_back boolean, received_at timestamptz,
               seq bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
        SELECT p.delivery_id, p.change,
               coalesce(p.before, ''),
               coalesce(p.peeled, p.after, ''),
               p.before IS NOT NULL AND (p.is_forced OR p.after IS NULL OR p.listed = 0), p.received_at, p.seq
        FROM jirasync.pushes p
        WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.ref = p_ref
          AND p.kind = p_kind AND NOT p.is_notice;
END
$$;
COMMENT ON FUNCTION jirasync.pushes_of_ref IS 'The pushes of a ref, notices left out: the commits that each moved it between, empty where it was not there. Of an annotated tag the commit that it names, where a push told it. goes_back: it may have left something behind';
