-- Which refs were put on a commit that nobody had told of yet.
CREATE OR REPLACE FUNCTION jirasync.refs_waiting_for(
    p_tenant text, p_source text, p_repository text, p_shas text[])
RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(
        SELECT w.ref
        FROM unnest(p_shas) u (sha)
        CROSS JOIN LATERAL (
            SELECT p.ref, p.delivery_id, p.change FROM jirasync.pushes p
            WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.after = u.sha
            OFFSET 0) w
        WHERE NOT EXISTS (
            SELECT FROM jirasync.push_commits l
            WHERE l.tenant = p_tenant AND l.source = p_source AND l.delivery_id = w.delivery_id AND l.change = w.change
              AND l.sha = u.sha)
        UNION
        SELECT d.ref
        FROM jirasync.refs_cut_from(p_tenant, p_source, p_repository, '', false, p_shas) d);
END
$$;
COMMENT ON FUNCTION jirasync.refs_waiting_for IS 'Names of the branches and tags, as pushes have them, that a push put on one of the given commits without listing it, or that were cut from one: what is known of the commit says what they hold';
