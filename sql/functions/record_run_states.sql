-- Keeps which stories a run brought into another state.

CREATE OR REPLACE FUNCTION jirasync.record_run_states(p_tenant text, p_run_id text, p_at timestamptz)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET jit = off
AS $$
BEGIN
    WITH found AS MATERIALIZED (
        -- OFFSET 0 keeps each look-up whole, so that it goes by index whatever the planner guesses
        SELECT s.source, s.issue_id, c.state, o.state AS was
          FROM jirasync.run_stories(p_tenant, p_run_id) s
          LEFT JOIN LATERAL (
               SELECT n.state FROM jirasync.issue_coverage n
                WHERE n.tenant = p_tenant AND n.source = s.source AND n.issue_id = s.issue_id
               OFFSET 0) c ON true
          LEFT JOIN LATERAL (
               SELECT n.state FROM jirasync.story_states n
                WHERE n.tenant = p_tenant AND n.source = s.source AND n.issue_id = s.issue_id
               OFFSET 0) o ON true
    ), changed AS (
        INSERT INTO jirasync.story_states AS k (tenant, source, issue_id, state, since)
        SELECT p_tenant, f.source, f.issue_id, f.state, p_at
          FROM found f
         WHERE f.state IS DISTINCT FROM f.was
         ORDER BY f.source, f.issue_id
        ON CONFLICT ON CONSTRAINT story_states_pkey DO UPDATE SET state = excluded.state, since = excluded.since
    )
    INSERT INTO jirasync.run_states (tenant, run_id, source, issue_id, at, was, state)
    SELECT p_tenant, p_run_id, f.source, f.issue_id, p_at, f.was, f.state
      FROM found f
     WHERE f.state IS DISTINCT FROM f.was
    ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION jirasync.record_run_states(text, text, timestamptz) IS
    'Notes in run_states each story that the run left in another state than story_states has, and brings that up to date';
