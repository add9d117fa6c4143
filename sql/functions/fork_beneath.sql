-- Where a branch hangs that holds no more the commit of another line that it was put on.
CREATE OR REPLACE FUNCTION jirasync.fork_beneath(
    p_state jirasync.ref_state, p_tenant text, p_source text, p_repository text, p_sha text,
    OUT held_at integer, OUT parent_ref text, OUT fork_position integer, OUT base_sha text, OUT depends_on text[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_lines  record;
BEGIN
    v_lines := jirasync.fork_lines(p_state, p_tenant, p_source, p_repository);
    depends_on := v_lines.depends_on;
    SELECT max(o.position) INTO held_at
    FROM unnest(v_lines.refs, v_lines.limits) l (ref, up_to)
    CROSS JOIN LATERAL (
        SELECT n.position FROM jirasync.commit_refs n
        WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = p_sha
          AND n.ref = l.ref AND n.on_line AND n.position <= l.up_to
        OFFSET 0) o;
    IF held_at IS NULL THEN
        RETURN;
    END IF;
    SELECT l.ref, o.position, o.sha INTO parent_ref, fork_position, base_sha
    FROM unnest(v_lines.refs, v_lines.limits) l (ref, up_to)
    CROSS JOIN LATERAL (
        SELECT n.position, n.sha FROM jirasync.commit_refs n
        WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository
          AND n.ref = l.ref AND n.on_line AND n.position <= l.up_to AND n.position < held_at
        ORDER BY n.position DESC LIMIT 1) o
    ORDER BY o.position DESC, l.ref LIMIT 1;
END
$$;
COMMENT ON FUNCTION jirasync.fork_beneath IS 'Part of push_cut: the commit next beneath the given one on the lines that a branch was cut from, with its place there, all NULL where nothing is known beneath it; held_at, where the given one stands, NULL where the branch does not hold it by its fork; depends_on, what either goes by beyond base_sha';
