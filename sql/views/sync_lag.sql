-- How far behind is the correlation?
CREATE OR REPLACE VIEW jirasync.sync_lag AS
SELECT s.tenant, s.source, s.kind, d.last_received_at, d.last_stored_at, r.last_correlated_at,
       coalesce(j.waiting, 0) AS waiting, coalesce(j.running, 0) AS running, j.oldest_at,
       coalesce(clock_timestamp() - j.oldest_at, interval '0') AS lag
FROM jirasync.sources s
LEFT JOIN LATERAL (
    -- As in source_health: only the index by source can serve it.
    SELECT d.source, d.received_at AS last_received_at, d.stored_at AS last_stored_at
    FROM jirasync.deliveries d
    WHERE d.tenant = s.tenant AND (d.source, d.received_at) <= (s.source, timestamptz 'infinity')
    ORDER BY d.source DESC, d.received_at DESC LIMIT 1) d ON d.source = s.source
LEFT JOIN LATERAL (
    SELECT max(i.at) AS last_correlated_at
    FROM (SELECT u.run_id FROM jirasync.runs u WHERE u.tenant = s.tenant ORDER BY u.started_at DESC LIMIT 1000) last
    JOIN jirasync.run_items i
      ON i.tenant = s.tenant AND i.run_id = last.run_id AND i.source = s.source
     AND i.subject = CASE s.kind WHEN 'jira' THEN 'issue' ELSE 'commit' END) r ON true
LEFT JOIN (
    SELECT j.tenant, j.source, count(*) FILTER (WHERE j.state <> 'running') AS waiting,
           count(*) FILTER (WHERE j.state = 'running') AS running, min(j.first_at) AS oldest_at
    FROM jirasync.jobs j
    WHERE j.state <> 'discarded' AND j.kind IN ('correlate_issue', 'correlate_commit')
    GROUP BY j.tenant, j.source) j ON j.tenant = s.tenant AND j.source = s.source;
COMMENT ON VIEW jirasync.sync_lag IS 'By source: the last delivery, the last recomputation (of the last thousand runs), and how old the oldest job of correlation is that is not finished; lag is 0 when there is none';
