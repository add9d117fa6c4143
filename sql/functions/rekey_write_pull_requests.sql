-- Write the keys of the pull requests in rekey_pull_requests, where they differ from what is kept.
CREATE OR REPLACE FUNCTION jirasync.rekey_write_pull_requests(
    p_tenant text, p_source text, p_repository text, p_is_dry_run boolean, OUT changed integer, OUT jobs integer)
LANGUAGE plpgsql AS $$
DECLARE
    v_numbers  bigint[];
BEGIN
    SELECT coalesce(array_agg(p.number ORDER BY p.number), '{}') INTO v_numbers
    FROM pg_temp.rekey_pull_requests n
    JOIN jirasync.pull_requests p
      ON p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.number = n.number
    WHERE p.keys <> n.keys;
    changed := cardinality(v_numbers);
    jobs := 0;
    IF p_is_dry_run OR changed = 0 THEN
        RETURN;
    END IF;
    -- One that a newer delivery has changed meanwhile has its keys from that.
    WITH written AS (
        UPDATE jirasync.pull_requests p SET keys = n.keys
        FROM pg_temp.rekey_pull_requests n
        WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.number = n.number
          AND p.number = ANY (v_numbers) AND p.delivery_id = n.delivery_id AND p.keys <> n.keys
        RETURNING p.number)
    SELECT coalesce(array_agg(w.number), '{}') INTO v_numbers FROM written w;
    changed := cardinality(v_numbers);
    jobs := jirasync.enqueue_jobs(
        p_tenant, array_fill('correlate_commit'::text, ARRAY[changed]), array_fill(p_source, ARRAY[changed]),
        ARRAY(SELECT format('%s!%s', p_repository, u.number) FROM unnest(v_numbers) u (number)));
END
$$;
COMMENT ON FUNCTION jirasync.rekey_write_pull_requests IS 'Bring the keys of the pull requests in rekey_pull_requests up to date, with a job REPOSITORY!NUMBER for each that differed. Returns how many; a dry run writes nothing';
