-- What each role can do, listed from the catalog.
\pset format unaligned
\pset tuples_only on

-- The owner owns everything, and nobody logs in as it.
SELECT count(*) FROM pg_class WHERE relnamespace = 'jirasync'::regnamespace AND relowner <> 'jirasync_owner'::regrole;
SELECT count(*) FROM pg_proc WHERE pronamespace = 'jirasync'::regnamespace AND proowner <> 'jirasync_owner'::regrole;
SELECT rolcanlogin, rolsuper FROM pg_roles WHERE rolname = 'jirasync_owner';

-- PUBLIC may do nothing: no function, no table, no temporary table, no object in a schema.
SELECT p.oid::regprocedure FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
 WHERE p.pronamespace = 'jirasync'::regnamespace AND a.grantee = 0;
SELECT c.oid::regclass FROM pg_class c, aclexplode(c.relacl) a
 WHERE c.relnamespace = 'jirasync'::regnamespace AND a.grantee = 0;
SELECT a.privilege_type FROM pg_database d, aclexplode(d.datacl) a
 WHERE d.datname = current_database() AND a.grantee = 0 ORDER BY 1;
SELECT n.nspname, a.privilege_type FROM pg_namespace n, aclexplode(n.nspacl) a
 WHERE n.nspname IN ('public', 'jirasync') AND a.grantee = 0 ORDER BY 1, 2;

-- The receiver calls three functions and reads no table.
SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'jirasync'::regnamespace
   AND has_function_privilege('jirasync_receiver', p.oid, 'EXECUTE') ORDER BY 1;
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'jirasync'::regnamespace AND c.relkind IN ('r', 'v')
   AND (has_table_privilege('jirasync_receiver', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
        OR has_any_column_privilege('jirasync_receiver', c.oid, 'SELECT, INSERT, UPDATE'));
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'jirasync'::regnamespace
   AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege('jirasync_receiver', c.oid, 'USAGE, SELECT, UPDATE') END;

-- The reader reads all but what people wrote in full, writes nothing, and calls what can change nothing.
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = 'jirasync'::regnamespace AND c.relkind IN ('r', 'v')
   AND NOT has_column_privilege('jirasync_reader', c.oid, a.attnum, 'SELECT') ORDER BY 1, 2;
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'jirasync'::regnamespace AND c.relkind IN ('r', 'v')
   AND (has_table_privilege('jirasync_reader', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
        OR has_any_column_privilege('jirasync_reader', c.oid, 'INSERT, UPDATE'));
SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'jirasync'::regnamespace AND p.provolatile = 'v'
   AND has_function_privilege('jirasync_reader', p.oid, 'EXECUTE');

-- The worker calls every function, reads every table, and writes what an import writes.
SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'jirasync'::regnamespace
   AND NOT has_function_privilege('jirasync_worker', p.oid, 'EXECUTE');
SELECT c.relname, p.privilege FROM pg_class c, unnest('{INSERT,UPDATE,DELETE,TRUNCATE}'::text[]) AS p (privilege)
 WHERE c.relnamespace = 'jirasync'::regnamespace AND c.relkind IN ('r', 'v')
   AND has_table_privilege('jirasync_worker', c.oid, p.privilege) ORDER BY 1, 2;
SELECT has_database_privilege('jirasync_worker', current_database(), 'TEMPORARY'),
       has_database_privilege('jirasync_receiver', current_database(), 'TEMPORARY'),
       has_database_privilege('jirasync_reader', current_database(), 'TEMPORARY');

-- Settings of the roles and of the database.
SELECT r.rolname, c.setting FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
  JOIN pg_database d ON d.oid = s.setdatabase AND d.datname = current_database(), unnest(s.setconfig) AS c (setting)
 WHERE r.rolname LIKE 'jirasync%' ORDER BY 1, 2;
SELECT c.setting FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase AND d.datname = current_database(),
       unnest(s.setconfig) AS c (setting) WHERE s.setrole = 0 ORDER BY 1;

-- As the roles themselves.
SET ROLE jirasync_receiver;
SELECT count(*) FROM jirasync.receiver_hello('[]');
SELECT count(*) FROM jirasync.deliveries;
SELECT jirasync.register_sources('[]');
CREATE TEMPORARY TABLE t (a int);
SET ROLE jirasync_reader;
SELECT body FROM jirasync.deliveries;
SELECT fields FROM jirasync.issues;
SELECT count(issue_key) FROM jirasync.issues;
SELECT count(*) FROM jirasync.story_coverage;
SELECT count(*) FROM jirasync.coverage_by_fix_version;
SELECT jirasync.enqueue_job('noop', 'x');
RESET ROLE;
