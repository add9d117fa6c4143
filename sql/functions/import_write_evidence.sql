-- Bring the keys that commits have by their branch, a merge or a pull request up to date with what was imported.
CREATE OR REPLACE FUNCTION jirasync.import_write_evidence(p_tenant text, p_source text, p_repository text)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_written   record;
BEGIN
    SELECT w.* INTO v_written FROM jirasync.write_evidence(p_tenant, p_source, p_repository, NULL) w;
    UPDATE jirasync.commits c SET changed_seq = nextval(pg_get_serial_sequence('jirasync.commits', 'changed_seq'))
    FROM (SELECT DISTINCT u.sha FROM unnest(v_written.shas) u (sha)) d
    WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = d.sha;
    RETURN v_written.changed;
END
$$;
COMMENT ON FUNCTION jirasync.import_write_evidence IS 'Write what differs in the keys that follow from refs and pull requests, for the whole repository; changed_seq rises where something did. Returns rows changed';
