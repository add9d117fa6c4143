-- A receiver is there: was it away before?

CREATE OR REPLACE FUNCTION jirasync.note_receiver(p_sources jsonb, p_at timestamptz DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_at     timestamptz := coalesce(p_at, now());
    v_site   record;
    v_asked  integer := 0;
BEGIN
    FOR v_site IN
        SELECT s.tenant, s.source, p.receiver_seen_at, o.reconcile_after_outage
          FROM jsonb_to_recordset(p_sources) AS c (source text)
          JOIN jirasync.sources s ON s.source = c.source AND s.kind = 'jira'
          JOIN jirasync.site_positions p ON p.tenant = s.tenant AND p.source = s.source
         CROSS JOIN LATERAL jirasync.site_options(s.tenant, s.source) o
         -- Each child says hello; the row need not follow each.
         WHERE p.receiver_seen_at IS NULL OR p.receiver_seen_at < v_at - interval '4 s'
         ORDER BY s.tenant, s.source
    LOOP
        -- Of many that come back at once the first one finds the outage.
        UPDATE jirasync.site_positions p
           SET receiver_seen_at = v_at,
               outage_from = CASE WHEN v_at - p.receiver_seen_at > v_site.reconcile_after_outage
                                  THEN p.receiver_seen_at ELSE p.outage_from END,
               outage_until = CASE WHEN v_at - p.receiver_seen_at > v_site.reconcile_after_outage
                                   THEN v_at ELSE p.outage_until END
         WHERE p.tenant = v_site.tenant AND p.source = v_site.source
           AND p.receiver_seen_at IS NOT DISTINCT FROM v_site.receiver_seen_at;
        IF FOUND AND v_at - v_site.receiver_seen_at > v_site.reconcile_after_outage THEN
            PERFORM jirasync.ask_reconcile(v_site.source, v_site.tenant, 'outage');
            v_asked := v_asked + 1;
        END IF;
    END LOOP;
    RETURN v_asked;
END
$$;
COMMENT ON FUNCTION jirasync.note_receiver(jsonb, timestamptz) IS
    'Part of receiver_hello: notes that a receiver of these sources (a JSON array as register_sources takes it) is there; where none was for longer than reconcile_after_outage, a reconcile job is enqueued. Returns how many. p_at is the time, for tests';
