-- Write what the messages in rekey_commits name, where it differs from what is kept.
CREATE OR REPLACE FUNCTION jirasync.rekey_write_commits(
    p_tenant text, p_source text, p_repository text, p_chunk integer, p_is_dry_run boolean,
    OUT changed integer, OUT keys_added integer, OUT keys_removed integer, OUT handed integer,
    OUT refused_added integer, OUT refused_removed integer, OUT jobs integer)
LANGUAGE plpgsql AS $$
DECLARE
    v_sequence   regclass := pg_get_serial_sequence('jirasync.commits', 'changed_seq');
    v_shas       text[];
    v_first_seq  bigint;
BEGIN
    v_shas := jirasync.rekey_compare_commits(p_tenant, p_source, p_repository);
    jobs := 0;
    IF NOT p_is_dry_run AND v_shas <> '{}' THEN
        -- A commit whose message has become another one meanwhile was listed by whoever wrote that.
        SELECT coalesce(array_agg(l.sha), '{}') INTO v_shas
        FROM (SELECT c.sha
              FROM unnest(v_shas) u (sha)
              CROSS JOIN LATERAL (
                  SELECT n.message_sha256 FROM pg_temp.rekey_commits n WHERE n.sha = u.sha OFFSET 0) n
              JOIN jirasync.commits c
                ON c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = u.sha
              WHERE encode(sha256(convert_to(c.message, 'UTF8')), 'hex') = n.message_sha256
              ORDER BY c.sha FOR NO KEY UPDATE OF c) l;
        DELETE FROM pg_temp.rekey_keys WHERE sha NOT IN (SELECT unnest(v_shas));
        DELETE FROM pg_temp.rekey_refused WHERE sha NOT IN (SELECT unnest(v_shas));
        DELETE FROM pg_temp.rekey_handed WHERE sha NOT IN (SELECT unnest(v_shas));
    END IF;
    changed := cardinality(v_shas);
    SELECT count(*) FILTER (WHERE k.is_new), count(*) FILTER (WHERE NOT k.is_new) INTO keys_added, keys_removed
    FROM pg_temp.rekey_keys k;
    SELECT count(*) FILTER (WHERE r.is_new), count(*) FILTER (WHERE NOT r.is_new) INTO refused_added, refused_removed
    FROM pg_temp.rekey_refused r;
    SELECT count(*) INTO handed FROM pg_temp.rekey_handed;
    IF p_is_dry_run OR changed = 0 THEN
        RETURN;
    END IF;
    DELETE FROM jirasync.commit_keys k USING pg_temp.rekey_keys d
    WHERE k.tenant = p_tenant AND k.source = p_source AND k.repository = p_repository AND k.sha = d.sha
      AND k.key = d.key AND k.evidence = 'message' AND NOT d.is_new;
    INSERT INTO jirasync.commit_keys (tenant, source, repository, sha, key, evidence)
    SELECT p_tenant, p_source, p_repository, d.sha, d.key, 'message' FROM pg_temp.rekey_keys d WHERE d.is_new
    ON CONFLICT DO NOTHING;
    DELETE FROM jirasync.refused_keys r USING pg_temp.rekey_refused d
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.sha = d.sha
      AND r.candidate = substr(d.word, strpos(d.word, ':') + 1) AND r.reason = split_part(d.word, ':', 1)
      AND NOT d.is_new;
    INSERT INTO jirasync.refused_keys (tenant, source, repository, sha, candidate, reason)
    SELECT p_tenant, p_source, p_repository, d.sha, substr(d.word, strpos(d.word, ':') + 1), split_part(d.word, ':', 1)
    FROM pg_temp.rekey_refused d WHERE d.is_new
    ON CONFLICT DO NOTHING;
    v_first_seq := nextval(v_sequence);
    UPDATE jirasync.commits c
    SET handed_keys = CASE WHEN d.is_handed THEN d.handed_keys ELSE c.handed_keys END, changed_seq = nextval(v_sequence)
    FROM (SELECT u.sha, h.sha IS NOT NULL AS is_handed, h.handed_keys
          FROM (SELECT k.sha FROM pg_temp.rekey_keys k UNION SELECT h.sha FROM pg_temp.rekey_handed h) u
          LEFT JOIN pg_temp.rekey_handed h ON h.sha = u.sha) d
    WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = d.sha;
    PERFORM jirasync.rekey_write_evidence(
        p_tenant, p_source, p_repository, ARRAY(SELECT h.sha FROM pg_temp.rekey_handed h));
    jobs := jirasync.import_enqueue(p_tenant, p_source, p_repository, v_first_seq, p_chunk);
END
$$;
COMMENT ON FUNCTION jirasync.rekey_write_commits IS 'Bring keys, refused candidates and what merges hand down up to date with the page in rekey_commits; only what differs, changed_seq of those commits and jobs over them. Returns how much differed; a dry run writes nothing';
