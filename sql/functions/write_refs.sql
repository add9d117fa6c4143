-- The branches and tags of a repository that pushes tell of, and where commits are on them.
CREATE OR REPLACE FUNCTION jirasync.write_refs(
    p_tenant text, p_source text, p_repository text, p_refs text[], p_whole text[],
    OUT changed integer, OUT shas text[], OUT is_restructured boolean)
LANGUAGE plpgsql AS $$
DECLARE
    v_queue    text[] := p_refs || p_whole;
    v_whole    text[] := p_whole;
    v_next     text[];
    v_all      text[];
    v_ref      text;
    v_written  record;
    v_turns    integer := 0;
BEGIN
    changed := 0;
    shas := '{}';
    is_restructured := false;
    IF p_refs IS NULL THEN
        v_all := jirasync.refs_in_order(p_tenant, p_source, p_repository);
        v_queue := v_all;
    END IF;
    WHILE cardinality(v_queue) > 0 LOOP
        v_ref := v_queue[1];
        v_queue := array_remove(v_queue, v_ref);
        v_turns := v_turns + 1;
        SELECT w.* INTO v_written FROM jirasync.write_ref_of_name(
            p_tenant, p_source, p_repository, v_ref, v_all IS NOT NULL OR v_ref = ANY (v_whole)) w;
        changed := changed + v_written.changed;
        shas := shas || v_written.shas;
        is_restructured := is_restructured OR v_written.is_restructured;
        IF v_written.is_regraded AND v_all IS NULL THEN
            -- Which line is the trunk decides from where the others are counted.
            v_all := jirasync.refs_in_order(p_tenant, p_source, p_repository);
            v_queue := v_all;
        ELSIF v_written.changed > 0 OR v_written.is_read_anew THEN
            -- (where nothing changed its pushes may still say otherwise when it was where)
            v_next := ARRAY(
                SELECT d.ref
                FROM jirasync.refs_cut_from(
                    p_tenant, p_source, p_repository, v_ref, v_written.is_redone, v_written.shas) d (ref)
                WHERE v_written.changed > 0 OR d.ref <> v_ref);
            v_queue := v_queue || v_next;
            v_whole := ARRAY(SELECT unnest(v_whole) UNION SELECT unnest(v_next));
        END IF;
        IF v_turns > 1000 + 20 * coalesce(cardinality(v_all), cardinality(v_whole)) THEN
            RAISE WARNING 'the refs of % % hang on one another: they are left as they are', p_source, p_repository;
            EXIT;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION jirasync.write_refs IS 'Write the difference between refs and commit_refs and what imports and pushes tell together, for the given refs (names as pushes have them; those of p_whole whatever is new about them) and what was cut from them, or (NULL) for all of the repository; says how many rows and the places of which commits changed';
