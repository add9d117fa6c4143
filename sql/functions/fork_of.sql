-- Which line holds the commit that a branch or tag was cut from.
CREATE OR REPLACE FUNCTION jirasync.fork_of(
    p_tenant text, p_source text, p_repository text, p_ref text, p_life_at timestamptz, p_base_sha text,
    OUT parent_ref text, OUT fork_position integer)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    -- A ref is cut from an older one, so that no two are ever cut from one another.
    SELECT o.ref, o.position INTO parent_ref, fork_position
    FROM jirasync.commit_refs o
    JOIN jirasync.refs r
      ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = o.ref
    WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = p_base_sha
      AND o.on_line AND o.ref <> p_ref AND (r.life_at, r.ref) < (p_life_at, p_ref)
    ORDER BY r.is_default DESC, r.counted DESC, r.ref LIMIT 1;
END
$$;
COMMENT ON FUNCTION jirasync.fork_of IS 'The ref and the position on its first-parent line of the commit that a ref was cut from; NULL where no older ref has it on its line';
