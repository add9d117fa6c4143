-- What a branch that was put on a commit that a merge had brought still has of that merge.
CREATE OR REPLACE FUNCTION jirasync.still_brought(
    p_tenant text, p_source text, p_repository text, p_name text, p_brought jirasync.push_place[], p_imported_at integer,
    p_base_sha text)
RETURNS TABLE (sha text, bears_name boolean, landed_at timestamptz) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
    v_brought  jirasync.push_place[] := p_brought || ARRAY(
        SELECT (0, i.sha, i.position, false, i.bears_name, i.landed_at)::jirasync.push_place FROM jirasync.commit_refs i
        WHERE i.tenant = p_tenant AND i.source = p_source AND i.repository = p_repository
          AND i.ref IN (p_name, p_name || '~') AND NOT i.is_pushed AND NOT i.on_line AND i.position = p_imported_at);
    v_next     text[] := ARRAY[p_base_sha];
    v_found    text[] := v_next;
    v_is_told  boolean;
BEGIN
    WHILE v_next <> '{}' LOOP
        SELECT bool_and(c.parents IS NOT NULL), ARRAY(
                   SELECT unnest(array_agg(b.sha) FILTER (WHERE b.sha IS NOT NULL)) EXCEPT SELECT unnest(v_found))
        INTO v_is_told, v_next
        FROM unnest(v_next) n (sha)
        LEFT JOIN LATERAL (
            SELECT o.parents FROM jirasync.commits o
            WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = n.sha
            OFFSET 0) c ON true
        LEFT JOIN unnest(v_brought) b ON b.sha = ANY (c.parents);
        IF NOT v_is_told THEN
            v_found := ARRAY(SELECT b.sha FROM unnest(v_brought) b);
            EXIT;
        END IF;
        v_found := v_found || v_next;
    END LOOP;
    RETURN QUERY SELECT b.sha, b.bears_name, b.landed_at FROM unnest(v_brought) b WHERE b.sha = ANY (v_found);
END
$$;
COMMENT ON FUNCTION jirasync.still_brought IS 'Part of push_cut: of what a merge had brought, by pushes (p_brought) and as an import read it (at p_imported_at), what p_base_sha is or descends from, or all of it where no parents tell';
