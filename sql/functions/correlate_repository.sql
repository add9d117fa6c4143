-- One repository: its refs, where commits are on them, which have landed, and which keys they have by that.
CREATE OR REPLACE FUNCTION jirasync.correlate_repository(
    p_tenant text, p_source text, p_repository text, p_refs text[], p_whole text[], p_requests bigint[], p_shas text[],
    OUT changed integer, OUT shas text[])
LANGUAGE plpgsql AS $$
DECLARE
    v_refs     record;
    v_limits   record;
    v_landing  record;
    v_keys     record;
    v_known    record;
BEGIN
    SELECT w.* INTO v_refs FROM jirasync.write_refs(
        p_tenant, p_source, p_repository, p_refs,
        p_whole || jirasync.refs_waiting_for(p_tenant, p_source, p_repository, p_shas)) w;
    changed := v_refs.changed;
    shas := v_refs.shas;
    IF v_refs.is_restructured THEN
        SELECT w.* INTO v_limits FROM jirasync.write_ref_limits(p_tenant, p_source, p_repository) w;
        changed := changed + v_limits.changed;
        shas := shas || v_limits.shas;
    END IF;
    SELECT w.* INTO v_landing FROM jirasync.write_landing(p_tenant, p_source, p_repository, shas || p_shas) w;
    SELECT w.* INTO v_keys FROM jirasync.write_evidence(
        p_tenant, p_source, p_repository,
        jirasync.commits_beside(p_tenant, p_source, p_repository, p_requests, shas || p_shas)) w;
    changed := changed + v_landing.changed + v_keys.changed;
    shas := shas || v_landing.shas || v_keys.shas;
    SELECT w.* INTO v_known FROM jirasync.write_repositories(p_tenant, ARRAY[p_source], ARRAY[p_repository]) w;
    IF v_known.changed > 0 THEN
        -- While no branch was known, all commits counted as landed.
        changed := changed + v_known.changed;
        shas := shas || ARRAY(
            SELECT c.sha FROM jirasync.commits c
            WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.landed_at IS NULL);
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.correlate_repository IS 'Write what differs in refs, commit_refs, the landing of commits and their keys by branch, merge and pull request, around the given refs (p_refs NULL: all), pull requests and commits; says how many rows, and the commits whose standing may have changed';
