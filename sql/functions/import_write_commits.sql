-- Bring commits up to date with import_commits, and landing with the places on counted branches.
CREATE OR REPLACE FUNCTION jirasync.import_write_commits(
    p_tenant text, p_source text, p_repository text, p_first_seq bigint,
    OUT inserted integer, OUT updated integer)
LANGUAGE plpgsql AS $$
DECLARE
    v_sequence  regclass := pg_get_serial_sequence('jirasync.commits', 'changed_seq');
BEGIN
    INSERT INTO pg_temp.import_landing (sha, landed_at, ref, is_held)
    SELECT s.sha, s.landed_at, s.landed_by, s.is_held FROM jirasync.commit_standing s
    WHERE s.tenant = p_tenant AND s.source = p_source AND s.repository = p_repository;
    ANALYZE pg_temp.import_landing;
    ANALYZE pg_temp.import_changed;
    INSERT INTO jirasync.commits (tenant, source, repository, sha, parents, message, author, author_email, authored_at,
                                  committed_at, landed_at, landed_by, picked_from, reverts, handed_keys, is_merge_named,
                                  is_unreachable, is_from_history)
    SELECT p_tenant, p_source, p_repository, n.sha, n.parents, n.message, n.author, n.author_email,
           to_timestamp(n.authored), to_timestamp(n.committed), l.landed_at, l.ref, n.picked_from, n.reverts,
           n.handed_keys, n.is_merge_named, l.is_held IS NOT TRUE, true
    FROM pg_temp.import_commits n
    LEFT JOIN pg_temp.import_landing l ON l.sha = n.sha
    WHERE NOT EXISTS (
        SELECT FROM jirasync.commits c
        WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = n.sha);
    GET DIAGNOSTICS inserted = ROW_COUNT;
    UPDATE jirasync.commits c
    SET parents = n.parents, message = n.message, author = n.author, author_email = n.author_email,
        authored_at = to_timestamp(n.authored), committed_at = to_timestamp(n.committed),
        picked_from = n.picked_from, reverts = n.reverts, handed_keys = n.handed_keys,
        is_merge_named = n.is_merge_named, is_from_history = true, changed_seq = nextval(v_sequence)
    FROM pg_temp.import_commits n
    WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = n.sha
      AND c.changed_seq < p_first_seq
      AND (c.parents, c.message, c.author, c.author_email, c.authored_at, c.committed_at, c.picked_from, c.reverts,
           c.handed_keys, c.is_merge_named, c.is_from_history)
          IS DISTINCT FROM
          (n.parents, n.message, n.author, n.author_email, to_timestamp(n.authored), to_timestamp(n.committed),
           n.picked_from, n.reverts, n.handed_keys, n.is_merge_named, true);
    UPDATE jirasync.commits c
    SET landed_at = d.landed_at, landed_by = d.ref, is_unreachable = d.is_unreachable,
        changed_seq = nextval(v_sequence)
    FROM (SELECT o.sha, l.landed_at, l.ref, l.is_held IS NOT TRUE AS is_unreachable
          FROM jirasync.commits o
          LEFT JOIN pg_temp.import_landing l ON l.sha = o.sha
          WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository
            AND ((o.landed_at, o.landed_by, o.is_unreachable)
                  IS DISTINCT FROM (l.landed_at, l.ref, l.is_held IS NOT TRUE)
                 OR (o.changed_seq < p_first_seq
                     AND o.sha IN (SELECT t.sha FROM pg_temp.import_changed t)))) d
    WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = d.sha;
    SELECT count(*) - inserted INTO updated
    FROM jirasync.commits c
    WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository
      AND c.changed_seq > p_first_seq;
END
$$;
COMMENT ON FUNCTION jirasync.import_write_commits IS 'Write the imported commits, and the landing of all commits of the repository; only differing rows. changed_seq rises past p_first_seq where the commit, its places or its keys changed';
