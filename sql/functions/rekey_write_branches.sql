-- Write the keys in the names of the branches in rekey_branches, where they differ from what pushes have.
CREATE OR REPLACE FUNCTION jirasync.rekey_write_branches(
    p_tenant text, p_source text, p_repository text, p_is_dry_run boolean, OUT changed integer, OUT jobs integer)
LANGUAGE plpgsql AS $$
DECLARE
    v_refs  text[];
BEGIN
    SELECT coalesce(array_agg(n.ref), '{}') INTO v_refs
    FROM pg_temp.rekey_branches n
    WHERE EXISTS (
        SELECT FROM jirasync.pushes p
        WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.ref = n.ref
          AND p.kind = 'branch' AND p.branch_keys <> n.keys);
    changed := cardinality(v_refs);
    jobs := 0;
    IF p_is_dry_run OR changed = 0 THEN
        RETURN;
    END IF;
    UPDATE jirasync.pushes p SET branch_keys = n.keys
    FROM pg_temp.rekey_branches n
    WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.ref = n.ref
      AND p.kind = 'branch' AND n.ref = ANY (v_refs) AND p.branch_keys <> n.keys;
    jobs := jirasync.enqueue_jobs(
        p_tenant, array_fill('correlate_commit'::text, ARRAY[changed]), array_fill(p_source, ARRAY[changed]),
        ARRAY(SELECT format('%s^^%s', p_repository, u.ref) FROM unnest(v_refs) u (ref)));
END
$$;
COMMENT ON FUNCTION jirasync.rekey_write_branches IS 'Bring branch_keys of the pushes of the branches in rekey_branches up to date, with a job REPOSITORY^^REF for each branch that differed. Returns how many; a dry run writes nothing';
