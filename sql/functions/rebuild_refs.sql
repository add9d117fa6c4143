CREATE OR REPLACE FUNCTION jirasync.rebuild_refs(
    p_tenant text, p_source text, p_repository text, OUT changed integer)
LANGUAGE plpgsql AS $$
DECLARE a record; b record; c record; d record; before jsonb; after jsonb;
BEGIN
    changed := 0;
    IF jirasync.is_told_of(p_tenant, p_source, p_repository) THEN
        SELECT jsonb_agg(to_jsonb(r)) INTO before FROM jirasync.refs r WHERE tenant=p_tenant and repository=p_repository;
        SELECT w.* INTO a FROM jirasync.write_refs(p_tenant, p_source, p_repository, NULL, '{}') w;
        SELECT w.* INTO b FROM jirasync.write_ref_limits(p_tenant, p_source, p_repository) w;
        SELECT w.* INTO c FROM jirasync.write_landing(p_tenant, p_source, p_repository, NULL) w;
        SELECT w.* INTO d FROM jirasync.write_evidence(p_tenant, p_source, p_repository, NULL) w;
        changed := a.changed+b.changed+c.changed+d.changed;
        IF changed > 0 THEN
        SELECT jsonb_agg(to_jsonb(r)) INTO after FROM jirasync.refs r WHERE tenant=p_tenant and repository=p_repository;
        RAISE WARNING 'REBUILD % refs % % limits % % landing % % evidence % %', p_tenant, a.changed, a.shas, b.changed, b.shas, c.changed,c.shas, d.changed,d.shas;
        RAISE WARNING 'WAS % NOW %', (select string_agg((x-'derived_to'-'tenant'-'source'-'repository')::text, E'\n') from jsonb_array_elements(before) x where (x - 'derived_to') not in (select y-'derived_to' from jsonb_array_elements(after) y)), (select string_agg((x-'derived_to'-'tenant'-'source'-'repository')::text, E'\n') from jsonb_array_elements(after) x where x-'derived_to' not in (select y-'derived_to' from jsonb_array_elements(before) y));
        END IF;
    END IF;
END
$$;
