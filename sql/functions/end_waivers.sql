-- Asks for a run of each story whose waiver has ended, so that the history of its versions tells.

CREATE OR REPLACE FUNCTION jirasync.end_waivers()
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    r        record;
    v_asked  integer := 0;
BEGIN
    -- Of many workers that ask at once one writes; the others wait for it here and find nothing that ended.
    FOR r IN
        WITH ended AS (
            UPDATE jirasync.issue_waivers w SET followed_end = w.expires_at
             WHERE w.expires_at <= now() AND w.followed_end IS DISTINCT FROM w.expires_at
            RETURNING w.tenant, w.source, w.issue_id
        )
        SELECT e.tenant, array_agg('correlate_issue'::text) AS kinds, array_agg(e.source) AS sources,
               array_agg(e.issue_id::text) AS keys, array_agg(true) AS quiet
          FROM ended e GROUP BY e.tenant ORDER BY e.tenant
    LOOP
        v_asked := v_asked + jirasync.enqueue_jobs(r.tenant, r.kinds, r.sources, r.keys, r.quiet);
    END LOOP;
    RETURN v_asked;
END
$$;
COMMENT ON FUNCTION jirasync.end_waivers() IS
    'Called by workers every few seconds: enqueues a quiet correlate_issue for each issue whose waiver has ended since, once, however many ask; returns how many jobs are new';
