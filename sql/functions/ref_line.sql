-- What a branch or tag holds, from the pushes that lead to its tip.
CREATE OR REPLACE FUNCTION jirasync.ref_line(
    p_row jirasync.refs, p_state jirasync.ref_state, p_tenant text, p_source text, p_repository text, p_ref text,
    p_kind text, p_name text, p_deliveries text[], p_changes integer[], p_start text)
RETURNS jirasync.ref_state LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_state        jirasync.ref_state := p_state;
    v_first        record;
    v_imported_to  integer;
    v_is_put       boolean := false;
BEGIN
    v_state.passed := ARRAY(
        SELECT t.tip
        FROM unnest(p_deliveries, p_changes) u (delivery_id, change)
        JOIN jirasync.pushes p
          ON p.tenant = p_tenant AND p.source = p_source AND p.delivery_id = u.delivery_id AND p.change = u.change
        CROSS JOIN LATERAL (VALUES (p.before), (p.after)) t (tip));
    v_state.is_fork_guessed := false;
    v_state.kept_to := 2147483647;
    v_state.life_at := '-infinity';
    v_state.parent_ref := jirasync.imported_parent(p_tenant, p_source, p_repository, p_row.imported_parent_ref,
                                                   p_row.imported_fork_position);
    v_state.fork_position := p_row.imported_fork_position;
    IF p_row.imported_sha IS NOT NULL AND p_start <> '' THEN
        -- It goes on from what an import read, or nobody tells from where.
        v_imported_to := jirasync.imported_position(p_tenant, p_source, p_repository, p_name, p_row.imported_sha,
                                                    p_row.imported_fork_position);
    ELSE
        SELECT p.received_at, p.listed, coalesce(p.peeled, p.after) AS head INTO v_first FROM jirasync.pushes p
        WHERE p.tenant = p_tenant AND p.source = p_source AND p.delivery_id = p_deliveries[1] AND p.change = p_changes[1];
        -- (a tag is put on what it names: what is listed with it may not lead there)
        v_is_put := p_start = '' AND (v_first.listed = 0 OR p_kind = 'tag' AND NOT EXISTS (
            SELECT FROM jirasync.push_commits l
            WHERE l.tenant = p_tenant AND l.source = p_source AND l.delivery_id = p_deliveries[1] AND l.change = p_changes[1]
              AND l.sha = v_first.head));
        v_state.base_sha := CASE WHEN p_start <> '' THEN p_start
                                 WHEN v_is_put THEN v_first.head
                                 ELSE jirasync.told_base(p_tenant, p_source, p_repository, p_ref, p_deliveries[1],
                                                         p_changes[1]) END;
        v_imported_to := jirasync.imported_position(p_tenant, p_source, p_repository, p_name, v_state.base_sha, NULL);
        IF v_imported_to IS NOT NULL THEN
            v_state.kept_to := v_imported_to;
        ELSE
            v_state.kept_to := 0;
            v_state.life_at := coalesce(v_first.received_at, v_state.seen_at);
            SELECT f.parent_ref, f.fork_position INTO v_state.parent_ref, v_state.fork_position
            FROM jirasync.fork_of(p_tenant, p_source, p_repository, p_name, v_state.life_at, v_state.base_sha) f;
            IF v_state.base_sha IS NULL AND p_kind = 'branch'
               AND jirasync.counts_branch(p_source, p_ref, false) THEN
                SELECT f.parent_ref, f.fork_position INTO v_state.parent_ref, v_state.fork_position
                FROM jirasync.guessed_fork(p_tenant, p_source, p_repository, p_name, v_state.life_at) f;
                v_state.is_fork_guessed := true;
            END IF;
        END IF;
    END IF;
    -- The commit that it was put on stands there, the first that it listed after it.
    v_state.numbered_to := coalesce(coalesce(v_imported_to, v_state.fork_position) - v_is_put::integer, 0);
    v_state.places := ARRAY(
        SELECT o FROM jirasync.push_places(p_tenant, p_source, p_repository, p_ref, p_deliveries, p_changes,
                                           v_state.numbered_to) o);
    v_state.numbered_to := greatest(v_state.numbered_to, (SELECT max(o.position) FROM unnest(v_state.places) o));
    RETURN jirasync.cut_line(v_state, p_tenant, p_source, p_repository, p_ref, p_name, p_deliveries, p_changes,
                             v_imported_to, v_is_put);
END
$$;
COMMENT ON FUNCTION jirasync.ref_line IS 'Part of ref_state: the line that the given pushes, the oldest first, make from p_start on, the tip of the import where there is one; p_row is the row of refs, of which only what an import wrote is read';
