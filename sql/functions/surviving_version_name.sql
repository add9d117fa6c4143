-- The name under which a deleted version's issues are in a version now.
CREATE OR REPLACE FUNCTION jirasync.surviving_version_name(p_tenant text, p_source text, p_version_id bigint)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_heir  bigint := jirasync.surviving_version(p_tenant, p_source, p_version_id);
BEGIN
    RETURN coalesce((SELECT v.name FROM jirasync.versions v
                     WHERE v.tenant = p_tenant AND v.source = p_source AND v.version_id = v_heir),
                    v_heir::text, '');
END
$$;
COMMENT ON FUNCTION jirasync.surviving_version_name IS 'Name of surviving_version, its id as text where no name is known; empty where there is none';
