-- Writes a repository as an import leaves it, after facts.sql: refs with their forks, commits with their places.

-- A branch or tag whose tip was read; it begins at a position of its parent, or has a root of its own.
CREATE FUNCTION facts.ref(
    p_ref text, p_tip text, p_parent text DEFAULT NULL, p_fork int DEFAULT NULL, p_kind text DEFAULT 'branch',
    p_counted boolean DEFAULT true, p_repository text DEFAULT 'org/app') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO jirasync.refs (tenant, source, repository, ref, kind, sha, seen_at, parent_ref, fork_position, counted,
                               is_default, imported_sha, imported_at, imported_parent_ref, imported_fork_position,
                               counted_to)
    VALUES ('main', 'git', p_repository, p_ref, p_kind, facts.sha(p_tip), '2026-04-01 00:00Z', p_parent, p_fork,
            p_counted AND p_kind = 'branch', p_ref = 'main', facts.sha(p_tip), '2026-04-01 00:00Z', p_parent, p_fork,
            CASE WHEN p_counted AND p_kind = 'branch' THEN 2147483647 ELSE 0 END)
    ON CONFLICT ON CONSTRAINT refs_pkey DO UPDATE SET sha = excluded.sha, parent_ref = excluded.parent_ref,
        fork_position = excluded.fork_position, counted = excluded.counted, imported_sha = excluded.imported_sha,
        imported_parent_ref = excluded.imported_parent_ref, imported_fork_position = excluded.imported_fork_position,
        counted_to = excluded.counted_to;
END
$$;

-- A commit that became new on a branch at a position, with what stands on the line there or by itself.
CREATE FUNCTION facts.placed(
    p_name text, p_ref text, p_position int, p_at text, p_keys text[] DEFAULT '{}', parents text[] DEFAULT '{}',
    p_landed text DEFAULT NULL, on_line boolean DEFAULT true, reverts text[] DEFAULT NULL, p_author text DEFAULT 'Ada',
    p_repository text DEFAULT 'org/app') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_counted  boolean := (SELECT r.counted FROM jirasync.refs r WHERE r.repository = p_repository AND r.ref = p_ref);
    v_landed   timestamptz := CASE WHEN v_counted THEN coalesce(p_landed, p_at)::timestamptz END;
BEGIN
    PERFORM facts.commit(p_name, p_keys, v_landed::text, parents, reverts, p_author, p_repository)
    WHERE NOT EXISTS (SELECT FROM jirasync.commits c WHERE c.repository = p_repository AND c.sha = facts.sha(p_name));
    UPDATE jirasync.commits c
    SET committed_at = p_at::timestamptz, authored_at = p_at::timestamptz, landed_at = least(c.landed_at, v_landed),
        landed_by = CASE WHEN v_landed <= c.landed_at AND c.landed_by IS NOT NULL THEN c.landed_by
                         WHEN v_counted THEN p_ref ELSE c.landed_by END, is_from_history = true
    WHERE c.repository = p_repository AND c.sha = facts.sha(p_name);
    INSERT INTO jirasync.commit_refs (tenant, source, repository, ref, sha, position, landed_at, on_line)
    VALUES ('main', 'git', p_repository, p_ref, facts.sha(p_name), p_position, v_landed, on_line);
    PERFORM facts.touch('correlate_commit', 'git', p_repository || '@' || facts.sha(p_name));
END
$$;
