-- Gives a tag the name that is its own beside a branch.
CREATE OR REPLACE FUNCTION jirasync.name_tag(
    p_tenant text, p_source text, p_repository text, p_ref text, OUT changed integer, OUT shas text[])
LANGUAGE plpgsql AS $$
DECLARE
    v_name  text := jirasync.ref_name(p_tenant, p_source, p_repository, p_ref, 'tag');
    v_was   text := CASE WHEN v_name = p_ref THEN 'tags/' || p_ref ELSE p_ref END;
    v_gone  text;
BEGIN
    changed := 0;
    shas := '{}';
    IF NOT EXISTS (
            SELECT FROM jirasync.refs r
            WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = v_was
              AND r.kind = 'tag') THEN
        RETURN;
    END IF;
    -- Where both are there, an import has just written the one, and the other is what it was before.
    SELECT r.ref INTO v_gone FROM jirasync.refs r
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref IN (v_name, v_was)
      AND EXISTS (
          SELECT FROM jirasync.refs o
          WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.ref = v_name)
    ORDER BY r.imported_at NULLS FIRST, r.ref = v_name LIMIT 1;
    WITH gone AS (
        DELETE FROM jirasync.commit_refs r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = v_gone
        RETURNING r.sha
    )
    SELECT coalesce(array_agg(g.sha), '{}') INTO shas FROM gone g;
    DELETE FROM jirasync.refs r
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = v_gone;
    UPDATE jirasync.refs r SET ref = v_name
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = v_was;
    WITH moved AS (
        UPDATE jirasync.commit_refs r SET ref = v_name
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = v_was
        RETURNING r.sha
    )
    SELECT name_tag.shas || coalesce(array_agg(m.sha), '{}') INTO shas FROM moved m;
    UPDATE jirasync.refs r
    SET parent_ref = v_name,
        imported_parent_ref = CASE WHEN r.imported_parent_ref = v_was THEN v_name ELSE r.imported_parent_ref END
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.parent_ref = v_was;
    changed := 1 + cardinality(shas);
END
$$;
COMMENT ON FUNCTION jirasync.name_tag IS 'Part of write_ref: a tag makes room for a branch of its name, and has that name when the branch is gone: moves its row, its places and what hangs on them to its ref_name. Says how many rows and the places of which commits changed';
