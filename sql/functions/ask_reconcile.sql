-- Asks for a reconciliation of a site.

CREATE OR REPLACE FUNCTION jirasync.ask_reconcile(source text, tenant text DEFAULT 'main', asked_by text DEFAULT 'hand')
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT FROM jirasync.sources s
                    WHERE s.tenant = ask_reconcile.tenant AND s.source = ask_reconcile.source AND s.kind = 'jira') THEN
        RAISE EXCEPTION 'tenant % has no Jira site %', ask_reconcile.tenant, ask_reconcile.source
            USING ERRCODE = 'no_data_found', HINT = 'SELECT tenant, source FROM jirasync.sources WHERE kind = ''jira''';
    END IF;
    INSERT INTO jirasync.site_positions AS p (tenant, source, asked_by)
    VALUES (ask_reconcile.tenant, ask_reconcile.source, ask_reconcile.asked_by)
    ON CONFLICT (tenant, source) DO UPDATE SET asked_by = excluded.asked_by;
    RETURN jirasync.enqueue_job('reconcile', '', ask_reconcile.source, ask_reconcile.tenant);
END
$$;
COMMENT ON FUNCTION jirasync.ask_reconcile(text, text, text) IS
    'Enqueues a reconcile job for a Jira site; asked_by is hand, schedule, outage or silence. Returns the job that waits';
