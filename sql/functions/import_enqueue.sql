-- One recomputation job for each chunk of commits that changed since p_first_seq.
CREATE OR REPLACE FUNCTION jirasync.import_enqueue(
    p_tenant text, p_source text, p_repository text, p_first_seq bigint, p_chunk integer)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_keys  text[];
BEGIN
    SELECT array_agg(format('%s#%s-%s', p_repository, t.first_seq, t.last_seq)) INTO v_keys
    FROM (SELECT min(c.changed_seq) AS first_seq, max(c.changed_seq) AS last_seq
          FROM (SELECT o.changed_seq, (row_number() OVER (ORDER BY o.changed_seq) - 1) / p_chunk AS chunk
                FROM jirasync.commits o
                WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository
                  AND o.changed_seq > p_first_seq) c
          GROUP BY c.chunk) t;
    IF v_keys IS NULL THEN
        RETURN 0;
    END IF;
    RETURN jirasync.enqueue_jobs(p_tenant, array_fill('correlate_commit'::text, ARRAY[cardinality(v_keys)]),
                                 array_fill(p_source, ARRAY[cardinality(v_keys)]), v_keys);
END
$$;
COMMENT ON FUNCTION jirasync.import_enqueue IS 'Enqueue correlate_commit jobs REPOSITORY#FROM-TO over the commits whose changed_seq is past p_first_seq, p_chunk commits each. Returns jobs made';
