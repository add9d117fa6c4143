-- Where the default branch was when a branch was made.
CREATE OR REPLACE FUNCTION jirasync.guessed_fork(
    p_tenant text, p_source text, p_repository text, p_ref text, p_life_at timestamptz,
    OUT parent_ref text, OUT fork_position integer)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT r.ref, coalesce((
               SELECT o.position
               FROM jirasync.pushes p
               JOIN jirasync.commit_refs o
                 ON o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = p.after
                AND o.ref = r.ref AND o.on_line
               WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.ref = r.ref
                 AND p.kind = 'branch' AND p.received_at <= p_life_at
               ORDER BY p.received_at DESC, o.position DESC LIMIT 1), (
               SELECT o.position FROM jirasync.commit_refs o
               WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository
                 AND o.sha = r.imported_sha AND o.ref = r.ref AND NOT o.is_pushed))
    INTO parent_ref, fork_position
    FROM jirasync.refs r
    -- (its own row may not say yet that it is the default one, and another one's that it was)
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
      AND r.ref IN ('main', 'master', (
          SELECT n.default_branch FROM jirasync.repositories n
          WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository))
      AND jirasync.is_default_branch(p_tenant, p_source, p_repository, r.ref)
      AND r.kind = 'branch' AND r.ref <> p_ref AND (r.life_at, r.ref) < (p_life_at, p_ref)
    ORDER BY r.ref LIMIT 1;
    IF fork_position IS NULL THEN
        parent_ref := NULL;
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.guessed_fork IS 'The default branch and the position that it had reached when a branch was made of which nobody tells where it was cut; NULL where that is not known';
