-- The settings in force for a site.

CREATE OR REPLACE FUNCTION jirasync.site_options(
    p_tenant text, p_source text,
    OUT requests_per_second double precision, OUT requests_burst integer, OUT reconcile_at text,
    OUT reconcile_overlap interval, OUT reconcile_after_outage interval, OUT silent_after interval)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_site     jirasync.site_settings;
    v_default  jsonb;
BEGIN
    SELECT * INTO v_site FROM jirasync.site_settings s WHERE s.tenant = p_tenant AND s.source = p_source;
    SELECT jsonb_object_agg(s.name, s.value) INTO v_default
      FROM jirasync.settings s
     WHERE s.name IN ('requests_per_second', 'requests_burst', 'reconcile_at', 'reconcile_overlap', 'reconcile_after_outage',
                      'silent_after');
    requests_per_second := coalesce(v_site.requests_per_second, (v_default ->> 'requests_per_second')::numeric);
    requests_burst := coalesce(v_site.requests_burst, (v_default ->> 'requests_burst')::integer);
    reconcile_at := coalesce(v_site.reconcile_at, v_default ->> 'reconcile_at');
    reconcile_overlap := coalesce(v_site.reconcile_overlap, (v_default ->> 'reconcile_overlap')::interval);
    reconcile_after_outage := coalesce(v_site.reconcile_after_outage, (v_default ->> 'reconcile_after_outage')::interval);
    silent_after := coalesce(v_site.silent_after, (v_default ->> 'silent_after')::interval);
END
$$;
COMMENT ON FUNCTION jirasync.site_options(text, text) IS
    'The settings in force for a site: its row of site_settings, and what settings says where that says nothing';
