-- The schedule of reconciliations as it is at a moment.

CREATE OR REPLACE FUNCTION jirasync.reconcile_schedule_at(p_at timestamptz)
RETURNS TABLE (tenant text, source text, reconcile_at text, next_at timestamptz, is_due boolean, last_asked_at timestamptz,
               state text, asked_by text, attempts integer, last_error text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT s.tenant, s.source, o.reconcile_at, t.next_due, coalesce(p.scheduled_at < t.last_due, false), p.scheduled_at,
               j.state, CASE WHEN j.state IS NOT NULL THEN p.asked_by END, j.attempts, j.last_error
          FROM jirasync.sources s
         CROSS JOIN LATERAL jirasync.site_options(s.tenant, s.source) o
         CROSS JOIN LATERAL jirasync.reconcile_times(o.reconcile_at, p_at) t
          LEFT JOIN jirasync.site_positions p ON p.tenant = s.tenant AND p.source = s.source
          LEFT JOIN LATERAL (
               SELECT k.state, k.attempts, k.last_error FROM jirasync.jobs k
                WHERE k.tenant = s.tenant AND k.source = s.source
                  AND k.kind = CASE s.kind WHEN 'jira' THEN 'reconcile' ELSE 'fetch_commits' END
                ORDER BY k.state = 'running' DESC, k.state = 'discarded', k.id
                LIMIT 1) j ON true
         WHERE s.kind = 'jira' OR s.has_credentials;
END
$$;
COMMENT ON FUNCTION jirasync.reconcile_schedule_at(timestamptz) IS
    'View reconcile_schedule as it is at p_at';
