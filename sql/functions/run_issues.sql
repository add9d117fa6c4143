-- The issues of a run's document.

CREATE OR REPLACE FUNCTION jirasync.run_issues(p_tenant text, p_run_id text)
RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object(
                   'issue_key', i.issue_key,
                   'updated_at', to_char(i.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                   'phoenix_updated_at', jirasync.phoenix_time(i.updated_at),
                   'event_type', i.event,
                   'event_id', i.delivery_id) ORDER BY i.source, i.issue_id), '[]')
          FROM (SELECT DISTINCT r.source, r.id::bigint AS issue_id
                  FROM jirasync.run_items r
                 WHERE r.tenant = p_tenant AND r.run_id = p_run_id AND r.subject = 'issue') t
         -- OFFSET 0 keeps the look-up whole, so that it goes by index whatever the planner guesses
         CROSS JOIN LATERAL (
               SELECT * FROM jirasync.issues n
                WHERE n.tenant = p_tenant AND n.source = t.source AND n.issue_id = t.issue_id
               OFFSET 0) i);
END
$$;
COMMENT ON FUNCTION jirasync.run_issues(text, text) IS
    'The issues that a run touched, each with the event and the delivery whose snapshot its row shows';
