-- Who may do what, granted anew after every migration: whatever is not said here is taken back.

ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

REVOKE ALL ON SCHEMA jirasync FROM PUBLIC, jirasync_receiver, jirasync_worker, jirasync_reader;
REVOKE ALL ON ALL TABLES IN SCHEMA jirasync FROM PUBLIC, jirasync_receiver, jirasync_worker, jirasync_reader;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA jirasync FROM PUBLIC, jirasync_receiver, jirasync_worker, jirasync_reader;
REVOKE ALL ON ALL ROUTINES IN SCHEMA jirasync FROM PUBLIC, jirasync_receiver, jirasync_worker, jirasync_reader;
GRANT USAGE ON SCHEMA jirasync TO jirasync_receiver, jirasync_worker, jirasync_reader;

-- The receiver stores, and reads no table: nothing can be had through a broken one.
GRANT EXECUTE ON FUNCTION jirasync.store_deliveries, jirasync.store_rejections, jirasync.receiver_hello
    TO jirasync_receiver;

-- The worker calls every function; an import writes commits, and where they are, by itself.
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA jirasync TO jirasync_worker;
GRANT SELECT ON ALL TABLES IN SCHEMA jirasync TO jirasync_worker;
GRANT INSERT, UPDATE ON jirasync.commits, jirasync.refs, jirasync.commit_refs, jirasync.commit_keys TO jirasync_worker;
GRANT INSERT ON jirasync.refused_keys TO jirasync_worker;
GRANT UPDATE (keys, refused) ON jirasync.pull_requests TO jirasync_worker;
GRANT UPDATE (branch_keys, branch_refused) ON jirasync.pushes TO jirasync_worker;
GRANT INSERT, UPDATE ON jirasync.repositories TO jirasync_worker;
GRANT DELETE ON jirasync.refs, jirasync.commit_refs, jirasync.commit_keys, jirasync.refused_keys TO jirasync_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA jirasync TO jirasync_worker;

-- The reader reads all but what a person wrote in full, and calls what can change nothing.
DO $$
DECLARE
    v_relation  record;
    v_routine   regprocedure;
BEGIN
    FOR v_relation IN
        SELECT c.oid::regclass AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
          FROM pg_class c
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = 'jirasync'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
           AND c.relname <> 'oauth_tokens'
           AND (c.relname, a.attname) NOT IN
               (('deliveries', 'body'), ('quarantined_deliveries', 'body'), ('issues', 'fields'), ('comments', 'body'),
                ('entities', 'body'))
         GROUP BY c.oid
    LOOP
        IF v_relation.name::text ~ '\.?(deliveries|quarantined_deliveries|issues|comments|entities)$' THEN
            EXECUTE format('GRANT SELECT (%s) ON %s TO jirasync_reader', v_relation.columns, v_relation.name);
        ELSE
            EXECUTE format('GRANT SELECT ON %s TO jirasync_reader', v_relation.name);
        END IF;
    END LOOP;
    FOR v_routine IN
        SELECT p.oid::regprocedure FROM pg_proc p
         WHERE p.pronamespace = 'jirasync'::regnamespace AND p.provolatile IN ('i', 's') AND p.prokind = 'f'
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO jirasync_reader', v_routine);
    END LOOP;
END
$$;
