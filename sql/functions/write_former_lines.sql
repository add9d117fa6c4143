-- What a branch held before it was deleted and made anew, or before it was forced to another commit.
CREATE OR REPLACE FUNCTION jirasync.write_former_lines(
    p_tenant text, p_source text, p_repository text, p_ref text, p_kind text, p_state jirasync.ref_state,
    OUT changed integer, OUT shas text[])
LANGUAGE plpgsql AS $$
DECLARE
    v_names    text[] := '{}';
    v_name     text;
    v_tips     text[];
    v_times    timestamptz[];
    v_turn     integer;
    v_dropped  jirasync.dropped_line;
    v_written  record;
BEGIN
    changed := 0;
    shas := '{}';
    IF p_kind <> 'branch' THEN
        RETURN;
    END IF;
    SELECT array_agg(e.tip ORDER BY e.at, e.tip), array_agg(e.at ORDER BY e.at, e.tip) INTO v_tips, v_times
    FROM jirasync.former_ends(p_tenant, p_source, p_repository, p_ref, p_state) e;
    v_turn := 1;
    WHILE v_turn <= cardinality(v_tips) LOOP
        -- No ref of git has ~ in its name.
        v_name := p_ref || '~' || left(v_tips[v_turn], 12);
        SELECT w.* INTO v_written FROM jirasync.write_former_line(
            p_tenant, p_source, p_repository, p_ref, v_name, v_tips[v_turn], v_times[v_turn], p_state) w;
        changed := changed + v_written.changed;
        shas := shas || v_written.shas;
        IF v_written.is_kept THEN
            v_names := v_names || v_name;
        END IF;
        -- (a line that a fast-forward left there is none that a push says to have been left)
        SELECT v_tips || coalesce(array_agg(d.tip), '{}'), v_times || coalesce(array_agg(d.at), '{}') INTO v_tips, v_times
        FROM unnest(v_written.dropped) d WHERE d.tip <> ALL (v_tips) AND d.tip <> ALL (array_remove(p_state.passed, NULL));
        v_turn := v_turn + 1;
    END LOOP;
    FOREACH v_dropped IN ARRAY coalesce(p_state.dropped, '{}') LOOP
        v_name := p_ref || '~' || left(v_dropped.tip, 12);
        CONTINUE WHEN v_name = ANY (v_names);
        SELECT w.* INTO v_written FROM jirasync.write_dropped_line(
            p_tenant, p_source, p_repository, p_ref, v_name, v_dropped) w;
        changed := changed + v_written.changed;
        shas := shas || v_written.shas;
        v_names := v_names || v_name;
    END LOOP;
    WITH gone AS (
        DELETE FROM jirasync.refs r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
          AND r.ref > p_ref || '~' AND r.ref < p_ref || '~g' AND r.ref <> ALL (v_names)
        RETURNING r.ref
    ), left_over AS (
        DELETE FROM jirasync.commit_refs o
        WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository
          AND o.ref IN (SELECT g.ref FROM gone g)
        RETURNING o.sha
    )
    SELECT write_former_lines.changed + (SELECT count(*) FROM gone) + count(*),
           write_former_lines.shas || coalesce(array_agg(l.sha), '{}')
    INTO changed, shas FROM left_over l;
END
$$;
COMMENT ON FUNCTION jirasync.write_former_lines IS 'Write the difference between the former lines of a branch, refs named NAME~TIP that are marked as deleted, and what its pushes tell: what was cut from one still holds it. Says how many rows and the places of which commits changed';
