-- Removes finished jobs, by id and fencing token.

CREATE OR REPLACE FUNCTION jirasync.complete_jobs(p_tenant text, p_ids bigint[], p_tokens bigint[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
-- By index, however long the queue was when the plan was made.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
    v_kinds   text[];
    v_counts  bigint[];
    v_zeros   bigint[];
    v_total   integer;
BEGIN
    -- The range is for a plan that was made while there were no jobs: it takes the index for the tenant and the range
    -- alone, and the jobs of a batch lie close together.
    WITH finished AS (
        DELETE FROM jirasync.jobs j
         WHERE j.tenant = p_tenant AND j.id = ANY (p_ids) AND j.lease_token = p_tokens[array_position(p_ids, j.id)]
           AND j.id BETWEEN (SELECT min(i.id) FROM unnest(p_ids) i (id)) AND (SELECT max(i.id) FROM unnest(p_ids) i (id))
        RETURNING j.kind
    ), counted AS (
        SELECT kind, count(*) AS jobs FROM finished GROUP BY kind
    )
    SELECT array_agg(kind), array_agg(jobs), array_agg(0), coalesce(sum(jobs), 0)
      INTO v_kinds, v_counts, v_zeros, v_total
      FROM counted;
    IF v_total <> cardinality(p_ids) THEN
        RAISE EXCEPTION '% of % jobs are no longer held by this worker', cardinality(p_ids) - v_total, cardinality(p_ids)
            USING ERRCODE = 'JS001';
    END IF;
    IF v_total > 0 THEN
        PERFORM jirasync.count_jobs(p_tenant, v_kinds, v_counts, v_zeros, v_zeros);
    END IF;
    RETURN v_total;
END
$$;
COMMENT ON FUNCTION jirasync.complete_jobs(text, bigint[], bigint[]) IS
    'Deletes finished jobs by (id, fencing token) and counts them; raises JS001 when one of them is no longer ours';
