-- Write what the names of the branches in rekey_branches say, where it differs from what pushes and imports have.
CREATE OR REPLACE FUNCTION jirasync.rekey_write_branches(
    p_tenant text, p_source text, p_repository text, p_chunk integer, p_is_dry_run boolean, OUT changed integer,
    OUT refused_added integer, OUT refused_removed integer, OUT jobs integer)
LANGUAGE plpgsql AS $$
DECLARE
    v_refs       text[];
    v_refused    text[];
    v_first_seq  bigint;
BEGIN
    SELECT coalesce(array_agg(n.ref), '{}') INTO v_refs
    FROM pg_temp.rekey_branches n
    WHERE EXISTS (
        SELECT FROM jirasync.pushes p
        WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.ref = n.ref
          AND p.kind = 'branch' AND p.branch_keys <> n.keys)
    OR EXISTS (
        SELECT FROM jirasync.refs r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = n.ref
          AND r.kind = 'branch' AND r.imported_sha IS NOT NULL AND r.imported_keys <> n.keys);
    SELECT w.refs, w.refused_added, w.refused_removed INTO v_refused, refused_added, refused_removed
    FROM jirasync.rekey_write_refused_branches(p_tenant, p_source, p_repository, p_is_dry_run) w;
    changed := (SELECT count(*) FROM (SELECT unnest(v_refs) UNION SELECT unnest(v_refused)) d);
    jobs := 0;
    IF p_is_dry_run OR v_refs = '{}' THEN
        RETURN;
    END IF;
    PERFORM jirasync.lock_correlation(p_tenant);
    UPDATE jirasync.pushes p SET branch_keys = n.keys
    FROM pg_temp.rekey_branches n
    WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.ref = n.ref
      AND p.kind = 'branch' AND n.ref = ANY (v_refs) AND p.branch_keys <> n.keys;
    UPDATE jirasync.refs r
    SET imported_keys = n.keys,
        branch_keys = CASE WHEN jirasync.is_told_of(p_tenant, p_source, p_repository) THEN r.branch_keys ELSE n.keys END
    FROM pg_temp.rekey_branches n
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = n.ref
      AND r.kind = 'branch' AND r.imported_sha IS NOT NULL AND n.ref = ANY (v_refs) AND r.imported_keys <> n.keys;
    v_first_seq := nextval(pg_get_serial_sequence('jirasync.commits', 'changed_seq'));
    PERFORM jirasync.rekey_write_evidence(p_tenant, p_source, p_repository, ARRAY(
        SELECT o.sha FROM jirasync.commit_refs o
        WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.ref = ANY (v_refs)));
    jobs := jirasync.import_enqueue(p_tenant, p_source, p_repository, v_first_seq, p_chunk);
    IF jirasync.is_told_of(p_tenant, p_source, p_repository) THEN
        jobs := jobs + jirasync.enqueue_jobs(
            p_tenant, array_fill('correlate_commit'::text, ARRAY[cardinality(v_refs)]),
            array_fill(p_source, ARRAY[cardinality(v_refs)]),
            ARRAY(SELECT format('%s^^%s', p_repository, u.ref) FROM unnest(v_refs) u (ref)));
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.rekey_write_branches IS 'Bring the keys and the refused candidates in the names of the branches in rekey_branches up to date, in pushes and in refs, with a job REPOSITORY^^REF for each branch whose keys differed, or over its commits where imports alone tell of it. Returns how much differed; a dry run writes nothing';
