-- The row of refs that a state makes.
CREATE OR REPLACE FUNCTION jirasync.ref_row(
    p_old jirasync.refs, p_state jirasync.ref_state, p_tenant text, p_source text, p_repository text, p_ref text,
    p_kind text, p_name text)
RETURNS jirasync.refs LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_row  jirasync.refs := p_old;
BEGIN
    v_row.tenant := p_tenant;
    v_row.source := p_source;
    v_row.repository := p_repository;
    v_row.ref := p_name;
    v_row.kind := p_kind;
    v_row.sha := p_state.last_tip;
    v_row.seen_at := coalesce(p_state.seen_at, p_old.seen_at);
    v_row.deleted_at := CASE WHEN p_state.tip = '' THEN coalesce(p_old.deleted_at, v_row.seen_at) END;
    IF p_state.tip = '' AND p_state.newest IS NOT NULL THEN
        v_row.deleted_at := v_row.seen_at;
    END IF;
    v_row.parent_ref := p_state.parent_ref;
    v_row.fork_position := p_state.fork_position;
    v_row.uncertain := p_state.is_uncertain;
    v_row.is_default := p_kind = 'branch' AND jirasync.is_default_branch(p_tenant, p_source, p_repository, p_ref);
    v_row.counted := p_kind = 'branch' AND jirasync.counts_branch(p_source, p_ref, v_row.is_default);
    v_row.imported_keys := coalesce(p_old.imported_keys, '{}');
    v_row.branch_keys := coalesce((
        SELECT p.branch_keys FROM jirasync.pushes p
        WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.ref = p_ref
          AND p.kind = p_kind AND p_kind = 'branch' AND NOT p.is_notice ORDER BY p.seq DESC LIMIT 1), v_row.imported_keys);
    v_row.base_sha := p_state.base_sha;
    v_row.is_fork_guessed := p_state.is_fork_guessed;
    v_row.life_at := p_state.life_at;
    v_row.depends_on := coalesce(p_state.depends_on, '{}');
    v_row.held_to := coalesce(p_old.held_to, 0);
    v_row.counted_to := coalesce(p_old.counted_to, 0);
    v_row.numbered_to := p_state.numbered_to;
    v_row.derived_to := coalesce(p_state.newest, 0);
    RETURN v_row;
END
$$;
COMMENT ON FUNCTION jirasync.ref_row IS 'Part of write_ref: the row of refs for a state; held_to and counted_to stay as they were';
