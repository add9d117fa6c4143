-- Where a branch or tag is and what it holds: its imported line, and what pushes added and dropped since.
CREATE OR REPLACE FUNCTION jirasync.ref_state(
    p_tenant text, p_source text, p_repository text, p_ref text, p_kind text, p_name text)
RETURNS jirasync.ref_state LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_ref       jirasync.refs;
    v_state     jirasync.ref_state;
    v_imported  timestamptz;
    v_tip       record;
    v_path      record;
BEGIN
    SELECT * INTO v_ref FROM jirasync.refs r
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = p_name;
    v_imported := greatest(v_ref.imported_at, (
        SELECT r.refs_read_at FROM jirasync.repositories r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository));
    SELECT * INTO v_tip FROM jirasync.pushed_tip(
        p_tenant, p_source, p_repository, p_ref, p_kind, v_ref.imported_sha, v_imported);
    v_state.tip := v_tip.tip;
    v_state.last_tip := v_tip.last_tip;
    v_state.seen_at := v_tip.seen_at;
    v_state.is_uncertain := v_tip.is_uncertain;
    v_state.newest := v_tip.newest;
    v_state.since := v_tip.since;
    v_state.pushes := v_tip.pushes;
    IF v_tip.tip IS NULL OR v_tip.last_tip IS NULL THEN
        RETURN v_state;
    END IF;
    IF p_kind = 'branch' THEN
        v_path := jirasync.push_path(p_tenant, p_source, p_repository, p_ref, p_kind, v_tip.last_tip, v_ref.imported_sha,
                                     v_tip.since, v_tip.pushes, v_tip.missing_befores, v_tip.missing_afters);
    ELSE
        -- A tag stands where the push put it that came last.
        SELECT coalesce(array_agg(t.delivery_id), '{}') AS deliveries, coalesce(array_agg(t.change), '{}') AS changes,
               CASE WHEN count(*) = 0 THEN v_tip.last_tip ELSE '' END AS start
        INTO v_path
        FROM (SELECT p.delivery_id, p.change
              FROM jirasync.pushes_of_ref(p_tenant, p_source, p_repository, p_ref, p_kind) p
              WHERE p.after = v_tip.last_tip AND p.received_at > v_tip.since
              ORDER BY p.received_at DESC, p.delivery_id, p.change LIMIT 1) t;
    END IF;
    RETURN jirasync.ref_line(v_ref, v_state, p_tenant, p_source, p_repository, p_ref, p_kind, p_name,
                             v_path.deliveries, v_path.changes, v_path.start);
END
$$;
COMMENT ON FUNCTION jirasync.ref_state IS 'What a branch or tag is to be in refs, and its pushed rows of commit_refs: the one definition, a function of imports and pushes. p_ref is its name in pushes, p_name that in refs';
