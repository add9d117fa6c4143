-- Which version a deleted one's issues are in now.
CREATE OR REPLACE FUNCTION jirasync.surviving_version(p_tenant text, p_source text, p_version_id bigint)
RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_version  jirasync.versions;
    v_id       bigint := p_version_id;
BEGIN
    -- Merges that Jira allows make no circle; what is told may.
    FOR i IN 1..100 LOOP
        SELECT * INTO v_version FROM jirasync.versions v
        WHERE v.tenant = p_tenant AND v.source = p_source AND v.version_id = v_id;
        IF NOT FOUND OR v_version.deleted_at IS NULL THEN
            RETURN v_id;
        END IF;
        v_id := v_version.merged_into;
        EXIT WHEN v_id IS NULL;
    END LOOP;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION jirasync.surviving_version IS 'The version itself while it lives, else the one that its issues went to when it was merged, and so on; NULL where it was deleted without an heir';
