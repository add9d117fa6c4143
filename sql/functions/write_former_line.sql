-- One line that a branch had before it was made anew.
CREATE OR REPLACE FUNCTION jirasync.write_former_line(
    p_tenant text, p_source text, p_repository text, p_ref text, p_name text, p_tip text, p_at timestamptz,
    p_state jirasync.ref_state,
    OUT is_kept boolean, OUT changed integer, OUT shas text[], OUT dropped jirasync.dropped_line[])
LANGUAGE plpgsql AS $$
DECLARE
    v_row    jirasync.refs;
    v_old    jirasync.refs;
    v_new    jirasync.refs;
    v_state  jirasync.ref_state;
    v_path   record;
BEGIN
    SELECT * INTO v_row FROM jirasync.refs r
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = p_ref;
    SELECT * INTO v_old FROM jirasync.refs r
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = p_name;
    v_path := jirasync.push_path(p_tenant, p_source, p_repository, p_ref, 'branch', p_tip, v_row.imported_sha,
                                 p_state.since, p_state.pushes);
    v_state.tip := '';
    v_state.last_tip := p_tip;
    v_state.seen_at := p_at;
    v_state.is_uncertain := false;
    v_state.newest := 0;
    -- (NULL for its row: what an import read of the branch is on a line of its own by now)
    v_state := jirasync.ref_line(NULL, v_state, p_tenant, p_source, p_repository, p_ref, 'branch', p_name,
                                 v_path.deliveries, v_path.changes, v_path.start);
    dropped := v_state.dropped;
    v_state := jirasync.former_part(v_state, p_state, p_ref);
    -- Where it was put on what others hold, and deleted again, there is nothing to keep.
    is_kept := v_state.places <> '{}';
    IF NOT is_kept THEN
        changed := 0;
        shas := '{}';
        RETURN;
    END IF;
    v_new := jirasync.ref_row(v_old, v_state, p_tenant, p_source, p_repository, p_ref, 'branch', p_name);
    SELECT w.changed, w.shas INTO changed, shas
    FROM jirasync.put_former_line(v_old, v_new, v_state.places) w;
END
$$;
COMMENT ON FUNCTION jirasync.write_former_line IS 'Part of write_former_lines: the line that led to p_tip, at which the branch was deleted; is_kept: it had commits of its own; dropped: what it had lost on the way. Says how many rows and the places of which commits changed';
