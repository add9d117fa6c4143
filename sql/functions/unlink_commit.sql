-- Takes back what link_commit did.
CREATE OR REPLACE FUNCTION jirasync.unlink_commit(
    source text, repository text, sha text, key text, tenant text DEFAULT 'main')
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
DECLARE
    v_sha      text := jirasync.known_commit(unlink_commit.tenant, unlink_commit.source, unlink_commit.repository,
                                             unlink_commit.sha);
    v_key      text := upper(btrim(unlink_commit.key));
    v_removed  integer;
    v_left     text;
BEGIN
    DELETE FROM jirasync.commit_keys k
    WHERE k.tenant = unlink_commit.tenant AND k.source = unlink_commit.source
      AND k.repository = unlink_commit.repository AND k.sha = v_sha AND k.key = v_key AND k.evidence = 'explicit';
    GET DIAGNOSTICS v_removed = ROW_COUNT;
    SELECT string_agg(DISTINCT replace(k.evidence, '_', ' '), ', ') INTO v_left FROM jirasync.commit_keys k
    WHERE k.tenant = unlink_commit.tenant AND k.source = unlink_commit.source
      AND k.repository = unlink_commit.repository AND k.sha = v_sha AND k.key = v_key;
    IF v_removed = 0 THEN
        RAISE EXCEPTION '% of % was not linked to % by hand', left(v_sha, 12), unlink_commit.repository, v_key
            USING ERRCODE = 'no_data_found',
                  HINT = coalesce('Its link comes from: ' || v_left || '.', 'Nothing links the two.');
    END IF;
    PERFORM jirasync.enqueue_job('correlate_commit', unlink_commit.repository || '@' || v_sha, unlink_commit.source,
                                 unlink_commit.tenant);
    RETURN format('%s of %s is linked to %s by hand no more%s', left(v_sha, 12), unlink_commit.repository, v_key,
                  coalesce('; it still is by: ' || v_left, ''));
END
$$;
COMMENT ON FUNCTION jirasync.unlink_commit IS 'Take back what link_commit did; says what was done, and what else links the two';
