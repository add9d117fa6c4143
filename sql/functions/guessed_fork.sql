-- Where the default branch was when a branch was made.
CREATE OR REPLACE FUNCTION jirasync.guessed_fork(
    p_tenant text, p_source text, p_repository text, p_ref text, p_life_at timestamptz,
    OUT parent_ref text, OUT fork_position integer)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_trunk  text;
BEGIN
    -- (its own row may not say yet that it is the default one, and another one's that it was)
    SELECT r.ref INTO v_trunk FROM jirasync.refs r
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
      AND r.ref IN ('main', 'master', (
          SELECT n.default_branch FROM jirasync.repositories n
          WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository))
      AND jirasync.is_default_branch(p_tenant, p_source, p_repository, r.ref)
      AND r.kind = 'branch' AND r.ref <> p_ref
    ORDER BY r.ref LIMIT 1;
    -- What it has dropped since stands on a line that it had then.
    SELECT o.ref, o.position INTO parent_ref, fork_position
    FROM jirasync.pushes p
    JOIN jirasync.commit_refs o
      ON o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = p.after
     AND (o.ref = v_trunk OR starts_with(o.ref, v_trunk || '~')) AND o.on_line
    JOIN jirasync.refs r
      ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = o.ref
     AND (r.life_at, r.ref) < (p_life_at, p_ref)
    WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.ref = v_trunk
      AND p.kind = 'branch' AND p.received_at <= p_life_at
    ORDER BY p.received_at DESC, o.ref = v_trunk DESC, o.position DESC, o.ref LIMIT 1;
    IF parent_ref IS NULL THEN
        SELECT r.ref, o.position INTO parent_ref, fork_position
        FROM jirasync.refs r
        JOIN jirasync.commit_refs o
          ON o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = r.imported_sha
         AND o.ref = r.ref AND NOT o.is_pushed
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = v_trunk
          AND (r.life_at, r.ref) < (p_life_at, p_ref);
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.guessed_fork IS 'The line of the default branch, of today or a former one, and the position that it had reached when a branch was made of which nobody tells where it was cut; NULL where that is not known';
