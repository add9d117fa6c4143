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
    v_reverts  record;
    v_landed   text[];
    v_all      boolean := p_refs IS NULL OR NOT EXISTS (
        SELECT FROM jirasync.repositories r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.is_derived);
BEGIN
    -- After an import, and the first time that a webhook tells of it, all of it is looked at.
    IF v_all THEN
        p_refs := NULL;
    END IF;
    SELECT w.* INTO v_refs FROM jirasync.write_refs(
        p_tenant, p_source, p_repository, p_refs,
        p_whole || jirasync.refs_waiting_for(p_tenant, p_source, p_repository, p_shas)) w;
    changed := v_refs.changed;
    shas := v_refs.shas;
    IF v_all THEN
        -- What was just filled has no statistics yet.
        ANALYZE jirasync.refs, jirasync.commit_refs;
    END IF;
    IF v_refs.is_restructured OR v_all THEN
        SELECT w.* INTO v_limits FROM jirasync.write_ref_limits(p_tenant, p_source, p_repository) w;
        changed := changed + v_limits.changed;
        shas := shas || v_limits.shas;
        -- (of no commit: only whether reverts hold on other branches now)
        SELECT w.* INTO v_reverts FROM jirasync.write_reverts(p_tenant, p_source, p_repository, '{}') w;
        changed := changed + v_reverts.changed;
        shas := shas || v_reverts.shas;
    END IF;
    SELECT w.* INTO v_landing FROM jirasync.write_landing(
        p_tenant, p_source, p_repository, CASE WHEN NOT v_all THEN shas || p_shas END) w;
    v_landed := jirasync.landed_together(p_tenant, p_source, p_repository, p_requests, p_shas);
    SELECT w.* INTO v_keys FROM jirasync.write_evidence(
        p_tenant, p_source, p_repository, CASE WHEN NOT v_all THEN
            jirasync.commits_beside(p_tenant, p_source, p_repository, p_requests, shas || p_shas || v_landed) END) w;
    changed := changed + v_landing.changed + v_keys.changed;
    shas := shas || v_landing.shas || v_keys.shas || v_landed;
    SELECT w.* INTO v_known FROM jirasync.write_repositories(p_tenant, ARRAY[p_source], ARRAY[p_repository]) w;
    IF v_known.changed > 0 THEN
        -- While no branch was known, all commits counted as landed.
        changed := changed + v_known.changed;
        shas := shas || ARRAY(
            SELECT c.sha FROM jirasync.commits c
            WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.landed_at IS NULL);
    END IF;
    IF v_all THEN
        UPDATE jirasync.repositories r SET is_derived = true
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository;
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.correlate_repository IS 'Write what differs in refs, commit_refs, the landing of commits and their keys by branch, merge and pull request, around the given refs (p_refs NULL: all), pull requests and commits; says how many rows, and the commits whose standing may have changed';
