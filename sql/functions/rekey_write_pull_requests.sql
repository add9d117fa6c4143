-- Write what the pull requests in rekey_pull_requests name, where it differs from what is kept.
CREATE OR REPLACE FUNCTION jirasync.rekey_write_pull_requests(
    p_tenant text, p_source text, p_repository text, p_is_dry_run boolean, OUT changed integer,
    OUT refused_added integer, OUT refused_removed integer, OUT jobs integer)
LANGUAGE plpgsql AS $$
DECLARE
    v_named  bigint[];
BEGIN
    WITH differing AS MATERIALIZED (
        SELECT n.*, p.keys <> n.keys AS is_named, coalesce(p.refused, '{}') AS was
        FROM pg_temp.rekey_pull_requests n
        JOIN jirasync.pull_requests p
          ON p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.number = n.number
        WHERE p.keys <> n.keys OR coalesce(p.refused, '{}') <> n.refused
    ), written AS (
        -- One that a newer delivery has changed meanwhile has its keys from that.
        UPDATE jirasync.pull_requests p SET keys = d.keys, refused = nullif(d.refused, '{}')
        FROM differing d
        WHERE NOT p_is_dry_run AND p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository
          AND p.number = d.number AND p.delivery_id = d.delivery_id
        RETURNING p.number)
    SELECT count(*), coalesce(array_agg(d.number ORDER BY d.number) FILTER (WHERE d.is_named), '{}'),
           coalesce(sum((SELECT count(*) FROM unnest(d.refused) u (word) WHERE u.word <> ALL (d.was))), 0),
           coalesce(sum((SELECT count(*) FROM unnest(d.was) u (word) WHERE u.word <> ALL (d.refused))), 0)
    INTO changed, v_named, refused_added, refused_removed
    FROM differing d
    WHERE p_is_dry_run OR d.number IN (SELECT w.number FROM written w);
    jobs := 0;
    IF p_is_dry_run OR v_named = '{}' THEN
        RETURN;
    END IF;
    jobs := jirasync.enqueue_jobs(
        p_tenant, array_fill('correlate_commit'::text, ARRAY[cardinality(v_named)]),
        array_fill(p_source, ARRAY[cardinality(v_named)]),
        ARRAY(SELECT format('%s!%s', p_repository, u.number) FROM unnest(v_named) u (number)));
END
$$;
COMMENT ON FUNCTION jirasync.rekey_write_pull_requests IS 'Bring keys and refused candidates of the pull requests in rekey_pull_requests up to date, with a job REPOSITORY!NUMBER for each whose keys differed. Returns how much differed; a dry run writes nothing';
