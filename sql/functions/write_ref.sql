-- A branch or tag as its imports and pushes have it: writes its row of refs and its rows of commit_refs.
CREATE OR REPLACE FUNCTION jirasync.write_ref(
    p_tenant text, p_source text, p_repository text, p_ref text, p_kind text,
    OUT changed integer, OUT shas text[], OUT is_restructured boolean, OUT is_regraded boolean, OUT is_redone boolean)
LANGUAGE plpgsql AS $$
DECLARE
    v_name    text := jirasync.ref_name(p_tenant, p_source, p_repository, p_ref, p_kind);
    v_state   jirasync.ref_state;
    v_old     jirasync.refs;
    v_new     jirasync.refs;
    v_named   record;
    v_places  record;
    v_moved   record;
    v_former  record;
BEGIN
    changed := 0;
    shas := '{}';
    is_restructured := false;
    is_regraded := false;
    is_redone := false;
    SELECT * INTO v_old FROM jirasync.refs r
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = v_name;
    IF p_kind = 'tag' OR v_old.kind = 'tag' THEN
        SELECT n.* INTO v_named FROM jirasync.name_tag(p_tenant, p_source, p_repository, p_ref) n;
        changed := v_named.changed;
        shas := v_named.shas;
        is_restructured := changed > 0;
        SELECT * INTO v_old FROM jirasync.refs r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = v_name;
    END IF;
    v_state := jirasync.ref_state(p_tenant, p_source, p_repository, p_ref, p_kind, v_name);
    IF v_state.tip IS NULL OR v_state.last_tip IS NULL THEN
        -- Its pushes were taken back, and no import knows it; or only its end is told.
        IF v_old.ref IS NOT NULL AND v_old.imported_at IS NULL AND v_old.derived_to IS NOT NULL THEN
            SELECT w.* INTO v_former FROM jirasync.write_former_lines(
                p_tenant, p_source, p_repository, p_ref, p_kind, v_state) w;
            SELECT w.* INTO v_places FROM jirasync.write_places(p_tenant, p_source, p_repository, v_name, '{}', false) w;
            DELETE FROM jirasync.refs r
            WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = v_name;
            changed := changed + v_places.changed + v_former.changed + 1;
            shas := shas || v_places.shas || v_former.shas;
            is_restructured := true;
            is_redone := true;
            -- (while nobody has told it, another one may be the default branch now)
            is_regraded := v_old.is_default;
        ELSIF v_state.tip = '' AND v_old.imported_at IS NOT NULL AND v_old.deleted_at IS NULL THEN
            -- An import found it gone, and what told of it since was taken back.
            UPDATE jirasync.refs r SET deleted_at = v_old.imported_at
            WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = v_name;
            changed := changed + 1;
            is_restructured := true;
            is_redone := true;
        END IF;
        RETURN;
    END IF;
    v_new := jirasync.ref_row(v_old, v_state, p_tenant, p_source, p_repository, p_ref, p_kind, v_name);
    IF v_old IS DISTINCT FROM v_new THEN
        changed := changed + (jirasync.unstamped_ref(v_old) IS DISTINCT FROM jirasync.unstamped_ref(v_new))::integer;
        is_restructured := is_restructured OR v_old.ref IS NULL
            OR (v_old.parent_ref, v_old.fork_position, v_old.deleted_at, v_old.counted) IS DISTINCT FROM
               (v_new.parent_ref, v_new.fork_position, v_new.deleted_at, v_new.counted);
        is_regraded := CASE WHEN v_old.ref IS NULL THEN v_new.is_default
                            ELSE (v_old.counted, v_old.is_default) IS DISTINCT FROM (v_new.counted, v_new.is_default) END;
        DELETE FROM jirasync.refs r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = v_name;
        INSERT INTO jirasync.refs SELECT v_new.*;
    END IF;
    SELECT w.* INTO v_moved FROM jirasync.move_imported_places(
        p_tenant, p_source, p_repository, v_name, v_state.kept_to) w;
    SELECT w.* INTO v_places FROM jirasync.write_places(
        p_tenant, p_source, p_repository, v_name, v_state.places, false) w;
    SELECT w.* INTO v_former FROM jirasync.write_former_lines(p_tenant, p_source, p_repository, p_ref, p_kind, v_state) w;
    changed := changed + v_moved.changed + v_places.changed + v_former.changed;
    shas := shas || v_moved.shas || v_places.shas || v_former.shas || jirasync.commits_meant(v_old, v_new);
    is_restructured := is_restructured OR v_moved.changed > 0 OR v_former.changed > 0;
    is_redone := is_restructured OR v_places.is_redone OR v_old.life_at IS DISTINCT FROM v_new.life_at;
END
$$;
COMMENT ON FUNCTION jirasync.write_ref IS 'Write the difference between a ref and its ref_state; says how many rows and the places of which commits, or what their branch says of them, changed, whether what holds what may have (is_restructured), whether it counts or is the default branch now and was not, or the other way round (is_regraded), and whether it changed otherwise than by going on (is_redone)';
