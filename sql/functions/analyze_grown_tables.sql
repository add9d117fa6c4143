-- Statistics of tables that have grown out of theirs.

CREATE OR REPLACE FUNCTION jirasync.analyze_grown_tables()
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_table    text;
    v_analyzed integer := 0;
BEGIN
    -- A new mirror fills faster than autovacuum comes by, and plans made for ten rows stay until statistics change.
    FOR v_table IN
        SELECT s.relname
          FROM pg_stat_user_tables s
          JOIN pg_class c ON c.oid = s.relid
         WHERE s.schemaname = 'jirasync' AND s.n_mod_since_analyze > greatest(200, 4 * c.reltuples)
    LOOP
        EXECUTE format('ANALYZE (SKIP_LOCKED) jirasync.%I', v_table);
        v_analyzed := v_analyzed + 1;
    END LOOP;
    RETURN v_analyzed;
END
$$;
COMMENT ON FUNCTION jirasync.analyze_grown_tables() IS
    'Analyzes tables of which five times as many rows were written as their statistics know of, so that the plans of a filling mirror keep up; returns how many';
