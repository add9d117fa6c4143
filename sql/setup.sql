-- Roles and the database's settings: what needs a superuser, or CREATEROLE and the database's owner, once.
--
-- Does only what is missing, so that an owner (a member of jirasync_owner) can migrate later. A member of a role does not
-- inherit the role's settings: connect as the role itself, or repeat them.

DO $$
DECLARE
    v_role       record;
    v_setting    text;
    v_name       text := current_database();
BEGIN
    FOR v_role IN
        SELECT r.*
          FROM (VALUES ('jirasync_owner', '{}'::text[], 'jirasync: owns the schema; nobody logs in as it'),
                       ('jirasync_receiver',
                        '{jit=off,lock_timeout=2s,statement_timeout=30s,idle_in_transaction_session_timeout=30s}',
                        'jirasync: stores deliveries, reads no table'),
                       ('jirasync_worker',
                        '{jit=off,lock_timeout=30s,statement_timeout=30min,idle_in_transaction_session_timeout=5min}',
                        'jirasync: correlates, runs jobs and imports'),
                       ('jirasync_reader',
                        '{jit=off,lock_timeout=5s,statement_timeout=5min,default_transaction_read_only=on}',
                        'jirasync: reads tables and views, but no bodies and no fields'))
               AS r (name, settings, comment)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = v_role.name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', v_role.name);
                EXECUTE format('COMMENT ON ROLE %I IS %L', v_role.name, v_role.comment);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;       -- another database of this cluster is migrated at the same moment
            END;
        END IF;
        FOREACH v_setting IN ARRAY v_role.settings LOOP
            IF NOT EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
                             JOIN pg_database d ON d.oid = s.setdatabase
                            WHERE r.rolname = v_role.name AND d.datname = v_name AND split_part(v_setting, '=', 1) IN
                                  (SELECT split_part(c, '=', 1) FROM unnest(s.setconfig) AS c)) THEN
                EXECUTE format('ALTER ROLE %I IN DATABASE %I SET %I = %L', v_role.name, v_name,
                               split_part(v_setting, '=', 1), split_part(v_setting, '=', 2));
            END IF;
        END LOOP;
    END LOOP;

    FOREACH v_setting IN ARRAY '{"timezone=America/Phoenix","search_path=jirasync, public"}'::text[] LOOP
        IF NOT EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
                        WHERE d.datname = v_name AND s.setrole = 0 AND split_part(v_setting, '=', 1) IN
                              (SELECT lower(split_part(c, '=', 1)) FROM unnest(s.setconfig) AS c)) THEN
            EXECUTE format('ALTER DATABASE %I SET %I = %s', v_name, split_part(v_setting, '=', 1),
                           CASE WHEN v_setting LIKE 'search_path=%' THEN split_part(v_setting, '=', 2)
                                ELSE quote_literal(split_part(v_setting, '=', 2)) END);
        END IF;
    END LOOP;

    IF EXISTS (SELECT FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
                WHERE d.datname = v_name AND a.grantee = 0 AND a.privilege_type = 'TEMPORARY') THEN
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', v_name);
    END IF;
    IF NOT has_database_privilege('jirasync_owner', v_name, 'CREATE') THEN
        EXECUTE format('GRANT CREATE, TEMPORARY ON DATABASE %I TO jirasync_owner', v_name);
    END IF;
    IF NOT has_database_privilege('jirasync_worker', v_name, 'TEMPORARY') THEN
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO jirasync_worker', v_name);
    END IF;
    IF EXISTS (SELECT FROM pg_namespace n, aclexplode(n.nspacl) a
                WHERE n.nspname = 'public' AND a.grantee = 0 AND a.privilege_type = 'CREATE') THEN
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    END IF;
END
$$;
