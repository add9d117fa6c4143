-- What a branch held before it was forced to another commit.
CREATE OR REPLACE FUNCTION jirasync.write_dropped_line(
    p_tenant text, p_source text, p_repository text, p_ref text, p_name text, p_line jirasync.dropped_line,
    OUT changed integer, OUT shas text[])
LANGUAGE plpgsql AS $$
DECLARE
    v_old    jirasync.refs;
    v_state  jirasync.ref_state;
BEGIN
    SELECT * INTO v_old FROM jirasync.refs r
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = p_name;
    v_state.tip := '';
    v_state.last_tip := p_line.tip;
    v_state.seen_at := p_line.at;
    v_state.is_uncertain := false;
    v_state.newest := 0;
    v_state.life_at := p_line.life_at;
    v_state.base_sha := p_line.base_sha;
    v_state.parent_ref := p_line.parent_ref;
    v_state.fork_position := p_line.fork_position;
    v_state.is_fork_guessed := p_line.is_fork_guessed;
    v_state.numbered_to := 0;
    SELECT w.changed, w.shas INTO changed, shas
    FROM jirasync.put_former_line(
        v_old, jirasync.ref_row(v_old, v_state, p_tenant, p_source, p_repository, p_ref, 'branch', p_name), ARRAY(
            SELECT d.place FROM (SELECT DISTINCT ON (o.sha) o AS place FROM unnest(p_line.places) o
                                 ORDER BY o.sha, o.ord, o.position) d)) w;
END
$$;
COMMENT ON FUNCTION jirasync.write_dropped_line IS 'Part of write_former_lines: the places that a push took from a branch; says how many rows and the places of which commits changed';
