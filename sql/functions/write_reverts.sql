-- Reverted commits of one repository: writes what reverted_commits lacks or has too much.
CREATE OR REPLACE FUNCTION jirasync.write_reverts(
    p_tenant text, p_source text, p_repository text, p_shas text[], OUT changed integer, OUT shas text[])
LANGUAGE plpgsql AS $$
DECLARE
    v_reverts  text[];
    v_targets  text[];
    v_landed   timestamptz[];
BEGIN
    changed := jirasync.write_revert_names(p_tenant, p_source, p_repository, p_shas);
    -- From some thousand commits on, going through all reverts of the repository is cheaper than looking for
    -- those that name each commit.
    IF p_shas IS NULL OR cardinality(p_shas) > 1000 THEN
        p_shas := NULL;
        SELECT array_agg(w.sha), array_agg(w.target), array_agg(w.branch_landed_at)
        INTO v_reverts, v_targets, v_landed
        FROM jirasync.wanted_revert_targets w
        WHERE w.tenant = p_tenant AND w.source = p_source AND w.repository = p_repository;
    ELSE
        p_shas := jirasync.revert_neighbourhood(p_tenant, p_source, p_repository, p_shas);
        SELECT array_agg(w.sha), array_agg(w.target), array_agg(w.branch_landed_at)
        INTO v_reverts, v_targets, v_landed
        FROM unnest(p_shas) u (sha)
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.wanted_revert_targets t
            WHERE t.tenant = p_tenant AND t.source = p_source AND t.repository = p_repository
              AND t.sha = u.sha
            OFFSET 0) w;
    END IF;
    SELECT write_reverts.changed + d.changed, d.shas INTO changed, shas
    FROM jirasync.write_reverted_commits(p_tenant, p_source, p_repository, p_shas,
                                         v_reverts, v_targets, v_landed) d;
END
$$;
COMMENT ON FUNCTION jirasync.write_reverts IS 'Write the difference between revert_names, reverted_commits and what the landed reverts of the repository take back, for the given commits and all that reverts tie to them or (NULL) for all; says how many rows and which commits changed';
