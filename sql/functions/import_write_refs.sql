-- Bring refs up to date with import_refs.
CREATE OR REPLACE FUNCTION jirasync.import_write_refs(
    p_tenant text, p_source text, p_repository text, p_all_refs boolean)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_gone     integer := 0;
    v_updated  integer;
    v_new      integer;
BEGIN
    IF p_all_refs THEN
        WITH gone AS (
            UPDATE jirasync.refs r
            SET deleted_at = coalesce(r.deleted_at, now()), imported_sha = NULL, imported_at = now(),
                imported_parent_ref = NULL, imported_fork_position = NULL
            FROM jirasync.refs was
            WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
              AND was.tenant = p_tenant AND was.source = p_source AND was.repository = p_repository AND was.ref = r.ref
              AND NOT EXISTS (SELECT FROM pg_temp.import_refs n WHERE n.ref = r.ref)
            RETURNING was.deleted_at IS NULL AS is_new)
        SELECT count(*) FILTER (WHERE g.is_new) INTO v_gone FROM gone g;
    END IF;
    -- What was set aside of a branch is in its line again, or gone.
    DELETE FROM jirasync.refs r USING pg_temp.import_refs n
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = n.ref || '~';
    WITH written AS (
        UPDATE jirasync.refs r
        SET kind = n.kind, sha = n.sha, seen_at = now(), deleted_at = NULL, parent_ref = n.parent_ref,
            fork_position = n.fork_position, uncertain = false, counted = n.counted, is_default = n.is_default,
            imported_sha = n.sha, imported_at = now(), imported_parent_ref = n.parent_ref,
            imported_fork_position = n.fork_position, imported_keys = n.branch_keys, branch_keys = n.branch_keys,
            imported_refused = nullif(n.refused, '{}'),
            base_sha = NULL, is_fork_guessed = false, life_at = '-infinity', depends_on = '{}', numbered_to = 0,
            derived_to = NULL
        FROM pg_temp.import_refs n
        JOIN jirasync.refs was
          ON was.tenant = p_tenant AND was.source = p_source AND was.repository = p_repository AND was.ref = n.ref
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = n.ref
        RETURNING (was.kind, was.sha, was.parent_ref, was.fork_position, was.uncertain, was.counted, was.is_default,
                   was.deleted_at)
            IS DISTINCT FROM
            (n.kind, n.sha, n.parent_ref, n.fork_position, false, n.counted, n.is_default, NULL::timestamptz) AS is_new)
    SELECT count(*) FILTER (WHERE w.is_new) INTO v_updated FROM written w;
    INSERT INTO jirasync.refs (tenant, source, repository, ref, kind, sha, seen_at, parent_ref, fork_position,
                               counted, is_default, imported_sha, imported_at, imported_parent_ref,
                               imported_fork_position, imported_keys, branch_keys, imported_refused)
    SELECT p_tenant, p_source, p_repository, n.ref, n.kind, n.sha, now(), n.parent_ref, n.fork_position, n.counted,
           n.is_default, n.sha, now(), n.parent_ref, n.fork_position, n.branch_keys, n.branch_keys, nullif(n.refused, '{}')
    FROM pg_temp.import_refs n
    WHERE NOT EXISTS (
        SELECT FROM jirasync.refs r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = n.ref);
    GET DIAGNOSTICS v_new = ROW_COUNT;
    INSERT INTO jirasync.repositories AS r
        (tenant, source, repository, knows_branches, default_branch, default_branch_at, refs_read_at)
    SELECT p_tenant, p_source, p_repository, false, n.ref, now(), CASE WHEN p_all_refs THEN now() END
    FROM pg_temp.import_refs n WHERE n.is_default
    ON CONFLICT (tenant, source, repository) DO UPDATE
    SET default_branch = excluded.default_branch, default_branch_at = excluded.default_branch_at,
        refs_read_at = coalesce(excluded.refs_read_at, r.refs_read_at);
    RETURN v_gone + v_updated + v_new;
END
$$;
COMMENT ON FUNCTION jirasync.import_write_refs IS 'Write the refs of an import, when they were read, and the default branch; with all refs read, one that is not there any more is marked as deleted. What pushes told besides is applied by the job that follows. Returns how many refs are new or changed';
