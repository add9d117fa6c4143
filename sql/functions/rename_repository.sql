-- Gives a repository the name that it has at its host now, and all that was told under the former one with it.
CREATE OR REPLACE FUNCTION jirasync.rename_repository(
    source text, former text, repository text, tenant text DEFAULT 'main')
RETURNS TABLE (what text, moved bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET statement_timeout = 0
-- As an import: whole repositories are joined, by hashes, whatever the statistics say.
SET enable_nestloop = off
SET enable_mergejoin = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_tenant  text := rename_repository.tenant;
    v_source  text := rename_repository.source;
    v_former  text := rename_repository.former;
    v_name    text := rename_repository.repository;
    v_until   timestamptz;
BEGIN
    IF v_former = v_name OR btrim(v_name) = '' THEN
        RAISE EXCEPTION 'repository % of source % needs another name than %', v_former, v_source, quote_literal(v_name)
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Nothing is derived and nothing stored meanwhile.
    PERFORM jirasync.lock_correlation(v_tenant);
    PERFORM pg_advisory_xact_lock(hashtext('jirasync'), hashtext('git'));
    IF NOT jirasync.is_told_of(v_tenant, v_source, v_former) AND NOT EXISTS (
            SELECT FROM jirasync.repository_renames r
            WHERE r.tenant = v_tenant AND r.source = v_source AND r.former = v_former) THEN
        PERFORM jirasync.find_repository(v_tenant, v_source, v_former);
    END IF;
    -- (the clock of a receiver may be ahead)
    SELECT greatest(clock_timestamp(), max(p.received_at)) INTO v_until
    FROM jirasync.pushes p
    WHERE p.tenant = v_tenant AND p.source = v_source AND p.repository = v_former;
    PERFORM jirasync.note_rename(v_tenant, v_source, v_former, v_name, v_until);
    PERFORM jirasync.enqueue_named_reverts(v_tenant, v_source, v_former);

    PERFORM jirasync.move_refs(v_tenant, v_source, v_former, v_name);
    UPDATE jirasync.push_commits l SET repository = v_name
    FROM jirasync.pushes p
    WHERE p.tenant = v_tenant AND p.source = v_source AND p.repository = v_former
      AND l.tenant = v_tenant AND l.source = v_source AND l.delivery_id = p.delivery_id AND l.change = p.change;
    what := 'pushes';
    UPDATE jirasync.pushes p SET repository = v_name
    WHERE p.tenant = v_tenant AND p.source = v_source AND p.repository = v_former;
    GET DIAGNOSTICS moved = ROW_COUNT;
    RETURN NEXT;
    what := 'pull requests';
    moved := jirasync.move_pull_requests(v_tenant, v_source, v_former, v_name);
    RETURN NEXT;
    what := 'commits';
    moved := jirasync.move_commits(v_tenant, v_source, v_former, v_name);
    RETURN NEXT;

    DELETE FROM jirasync.jobs j
    WHERE j.tenant = v_tenant AND j.kind = 'correlate_commit' AND j.source = v_source AND j.state <> 'running'
      AND starts_with(j.key, v_former) AND substr(j.key, length(v_former) + 1, 1) IN ('@', '#', '^', '!');
    what := 'jobs';
    moved := jirasync.import_enqueue(v_tenant, v_source, v_name, 0, 1000)
        + jirasync.enqueue_jobs(v_tenant, '{correlate_commit}', ARRAY[v_source], ARRAY[v_name || '^*']);
    RETURN NEXT;
    PERFORM pg_notify('jirasync_jobs', '');
END
$$;
COMMENT ON FUNCTION jirasync.rename_repository(text, text, text, text) IS
    'Moves all that is known of a repository to the name that it has now, in one transaction, merges it with what came under that since, and asks for its correlation: afterwards all is as if it had always had that name. What is received under the former name from now on is another repository''s; a replay of what came before is not. Called again, it moves what came since. Returns how many rows of each it moved';
