-- The branch and the tag of a name.
CREATE OR REPLACE FUNCTION jirasync.write_ref_of_name(
    p_tenant text, p_source text, p_repository text, p_ref text, p_is_whole boolean,
    OUT changed integer, OUT shas text[], OUT is_restructured boolean, OUT is_regraded boolean,
    OUT is_read_anew boolean, OUT is_redone boolean)
LANGUAGE plpgsql AS $$
DECLARE
    v_row      jirasync.refs;
    v_written  record;
    v_kind     text;
BEGIN
    changed := 0;
    shas := '{}';
    is_restructured := false;
    is_regraded := false;
    is_read_anew := false;
    is_redone := false;
    SELECT * INTO v_row FROM jirasync.refs r
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = p_ref
      AND NOT p_is_whole AND r.kind = 'branch' AND r.derived_to IS NOT NULL AND r.deleted_at IS NULL
      AND NOT r.uncertain
      AND r.is_default = jirasync.is_default_branch(p_tenant, p_source, p_repository, p_ref);
    IF v_row.ref IS NOT NULL THEN
        SELECT e.* INTO v_written FROM jirasync.extend_ref(v_row) e;
        IF v_written.is_done THEN
            changed := v_written.changed;
            shas := v_written.shas;
            RETURN;
        END IF;
    END IF;
    is_read_anew := true;
    FOREACH v_kind IN ARRAY ARRAY['branch', 'tag'] LOOP
        CONTINUE WHEN NOT EXISTS (
                SELECT FROM jirasync.pushes p
                WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.ref = p_ref
                  AND p.kind = v_kind AND NOT p.is_notice)
            AND NOT EXISTS (
                SELECT FROM jirasync.refs r
                WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.kind = v_kind
                  AND r.ref = jirasync.ref_name(p_tenant, p_source, p_repository, p_ref, v_kind));
        SELECT w.* INTO v_written FROM jirasync.write_ref(p_tenant, p_source, p_repository, p_ref, v_kind) w;
        changed := changed + v_written.changed;
        shas := shas || v_written.shas;
        is_restructured := is_restructured OR v_written.is_restructured;
        is_regraded := is_regraded OR v_written.is_regraded;
        is_redone := is_redone OR v_written.is_redone;
    END LOOP;
END
$$;
COMMENT ON FUNCTION jirasync.write_ref_of_name IS 'Part of write_refs: bring the refs of a name up to date, by its new pushes alone where that is enough and p_is_whole is false (is_read_anew tells).';
