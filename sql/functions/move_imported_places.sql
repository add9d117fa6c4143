-- Sets aside what a branch held when it was imported and has dropped since, or takes it back.
CREATE OR REPLACE FUNCTION jirasync.move_imported_places(
    p_tenant text, p_source text, p_repository text, p_name text, p_kept_to integer,
    OUT changed integer, OUT shas text[])
LANGUAGE plpgsql AS $$
DECLARE
    v_aside   text := p_name || '~';
    v_is_cut  boolean;
    v_rows    integer;
BEGIN
    -- A place that a push gave meanwhile makes room for the one that is taken back.
    DELETE FROM jirasync.commit_refs r
    USING jirasync.commit_refs back
    WHERE back.tenant = p_tenant AND back.source = p_source AND back.repository = p_repository AND back.ref = v_aside
      AND NOT back.is_pushed AND back.position <= p_kept_to
      AND r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.sha = back.sha
      AND r.ref = p_name AND r.is_pushed;
    -- (one statement each way: with OR between them no index would do)
    WITH aside AS (
        UPDATE jirasync.commit_refs r SET ref = v_aside
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND NOT r.is_pushed
          AND r.ref = p_name AND r.position > p_kept_to
        RETURNING r.sha
    ), back AS (
        UPDATE jirasync.commit_refs r SET ref = p_name
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND NOT r.is_pushed
          AND r.ref = v_aside AND r.position <= p_kept_to
        RETURNING r.sha
    )
    SELECT count(*), coalesce(array_agg(m.sha), '{}') INTO changed, shas
    FROM (SELECT a.sha FROM aside a UNION ALL SELECT b.sha FROM back b) m;
    v_is_cut := EXISTS (
        SELECT FROM jirasync.commit_refs r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = v_aside);
    IF v_is_cut THEN
        -- No ref of git has ~ in its name. It is cut from what is left of the branch, or from where all of it was.
        INSERT INTO jirasync.refs AS r (tenant, source, repository, ref, kind, sha, seen_at, deleted_at, parent_ref,
                                        fork_position)
        SELECT n.tenant, n.source, n.repository, v_aside, n.kind, coalesce(n.imported_sha, n.sha), coalesce(n.imported_at, n.seen_at),
               coalesce(n.imported_at, n.seen_at),
               CASE WHEN p_kept_to > 0 THEN n.ref
                    ELSE jirasync.imported_parent(n.tenant, n.source, n.repository, n.imported_parent_ref,
                                                  n.imported_fork_position) END,
               CASE WHEN p_kept_to > 0 THEN p_kept_to ELSE n.imported_fork_position END
        FROM jirasync.refs n
        WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.ref = p_name
        ON CONFLICT (tenant, source, repository, ref) DO UPDATE
        SET sha = excluded.sha, seen_at = excluded.seen_at, deleted_at = excluded.deleted_at,
            parent_ref = excluded.parent_ref, fork_position = excluded.fork_position
        WHERE (r.sha, r.seen_at, r.deleted_at, r.parent_ref, r.fork_position) IS DISTINCT FROM
              (excluded.sha, excluded.seen_at, excluded.deleted_at, excluded.parent_ref, excluded.fork_position);
        GET DIAGNOSTICS v_rows = ROW_COUNT;
        IF v_rows > 0 THEN
            -- (what was cut from there had no row to hang on before)
            shas := shas || ARRAY(
                SELECT r.sha FROM jirasync.commit_refs r
                WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = v_aside);
        END IF;
    ELSE
        DELETE FROM jirasync.refs r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = v_aside;
        GET DIAGNOSTICS v_rows = ROW_COUNT;
    END IF;
    changed := changed + v_rows;
    -- What an import found to be cut from there is still cut from the same commits.
    UPDATE jirasync.refs r
    SET parent_ref = CASE WHEN v_is_cut AND r.imported_fork_position > p_kept_to THEN v_aside ELSE p_name END
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
      AND r.imported_parent_ref = p_name AND r.parent_ref IN (p_name, v_aside) AND r.life_at = '-infinity'
      AND r.fork_position = r.imported_fork_position
      AND r.parent_ref <> CASE WHEN v_is_cut AND r.imported_fork_position > p_kept_to THEN v_aside ELSE p_name END;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    changed := changed + v_rows;
    -- So is what was set aside of that in turn.
    UPDATE jirasync.refs r
    SET parent_ref = CASE WHEN v_is_cut AND n.imported_fork_position > p_kept_to THEN v_aside ELSE p_name END
    FROM jirasync.refs n
    WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.imported_parent_ref = p_name
      AND r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = n.ref || '~'
      AND r.parent_ref IN (p_name, v_aside) AND r.fork_position = n.imported_fork_position
      AND r.parent_ref <> CASE WHEN v_is_cut AND n.imported_fork_position > p_kept_to THEN v_aside ELSE p_name END;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    changed := changed + v_rows;
END
$$;
COMMENT ON FUNCTION jirasync.move_imported_places IS 'Keep under a branch''s name the places that an import gave up to a position; the others go to a ref NAME~ that is marked as deleted and holds them for what was cut from there. Says how many rows and which commits moved';
