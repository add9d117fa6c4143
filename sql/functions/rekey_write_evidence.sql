-- What commits are handed by a merge or have by their branch, after a rekey has changed what these name.
CREATE OR REPLACE FUNCTION jirasync.rekey_write_evidence(
    p_tenant text, p_source text, p_repository text, p_shas text[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_written  record;
BEGIN
    -- Where webhooks tell of the repository, correlate() does it.
    IF p_shas = '{}' OR jirasync.is_told_of(p_tenant, p_source, p_repository) THEN
        RETURN;
    END IF;
    PERFORM jirasync.lock_correlation(p_tenant);
    SELECT w.* INTO v_written FROM jirasync.write_evidence(
        p_tenant, p_source, p_repository, jirasync.commits_beside(p_tenant, p_source, p_repository, '{}', p_shas)) w;
    UPDATE jirasync.commits c SET changed_seq = nextval(pg_get_serial_sequence('jirasync.commits', 'changed_seq'))
    FROM (SELECT DISTINCT u.sha FROM unnest(v_written.shas) u (sha)) d
    WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = d.sha;
END
$$;
COMMENT ON FUNCTION jirasync.rekey_write_evidence IS 'Part of a rekey: brings the keys that follow from refs up to date around the given commits of a repository that imports alone tell of; changed_seq rises where something did';
