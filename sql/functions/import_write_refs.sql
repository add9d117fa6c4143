-- Bring refs up to date with import_refs; only what differs is written.
CREATE OR REPLACE FUNCTION jirasync.import_write_refs(
    p_tenant text, p_source text, p_repository text, p_all_refs boolean)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_gone     integer := 0;
    v_updated  integer;
    v_new      integer;
BEGIN
    IF p_all_refs THEN
        UPDATE jirasync.refs r SET deleted_at = now()
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.deleted_at IS NULL
          AND NOT EXISTS (SELECT FROM pg_temp.import_refs n WHERE n.ref = r.ref);
        GET DIAGNOSTICS v_gone = ROW_COUNT;
    END IF;
    UPDATE jirasync.refs r
    SET kind = n.kind, sha = n.sha, seen_at = now(), deleted_at = NULL, parent_ref = n.parent_ref,
        fork_position = n.fork_position, uncertain = false, counted = n.counted, is_default = n.is_default
    FROM pg_temp.import_refs n
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = n.ref
      AND (r.kind, r.sha, r.parent_ref, r.fork_position, r.uncertain, r.counted, r.is_default, r.deleted_at)
          IS DISTINCT FROM
          (n.kind, n.sha, n.parent_ref, n.fork_position, false, n.counted, n.is_default, NULL::timestamptz);
    GET DIAGNOSTICS v_updated = ROW_COUNT;
    INSERT INTO jirasync.refs (tenant, source, repository, ref, kind, sha, seen_at, parent_ref, fork_position,
                               counted, is_default)
    SELECT p_tenant, p_source, p_repository, n.ref, n.kind, n.sha, now(), n.parent_ref, n.fork_position, n.counted,
           n.is_default
    FROM pg_temp.import_refs n
    WHERE NOT EXISTS (
        SELECT FROM jirasync.refs r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = n.ref);
    GET DIAGNOSTICS v_new = ROW_COUNT;
    RETURN v_gone + v_updated + v_new;
END
$$;
COMMENT ON FUNCTION jirasync.import_write_refs IS 'Write the refs of an import; with all refs read, one that is not there any more is marked as deleted. Returns rows changed';
