-- Reverted commits of one repository: writes what reverted_commits lacks or has too much.
CREATE OR REPLACE FUNCTION jirasync.write_reverts(
    p_tenant text, p_source text, p_repository text, p_shas text[], OUT changed integer, OUT shas text[])
LANGUAGE plpgsql AS $$
DECLARE
    v_reverts   text[];
    v_targets   text[];
    v_branches  text[];
    v_moved     integer;
BEGIN
    IF p_shas IS NOT NULL THEN
        p_shas := p_shas || ARRAY(SELECT jirasync.picks_beside(p_tenant, p_source, p_repository, p_shas));
    END IF;
    changed := jirasync.write_revert_names(p_tenant, p_source, p_repository, p_shas);
    shas := '{}';
    -- Most repositories have no reverts, or none yet.
    IF changed = 0
       AND NOT EXISTS (SELECT FROM jirasync.revert_names n
                       WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository)
       AND NOT EXISTS (SELECT FROM jirasync.reverted_commits r
                       WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository) THEN
        RETURN;
    END IF;
    v_moved := jirasync.write_counted_reach(p_tenant, p_source, p_repository);
    changed := changed + v_moved;
    -- Where branches were cut or went, any revert may hold on others than before. And from some thousand commits on,
    -- going through all reverts of the repository is cheaper than looking for those that name each commit.
    IF p_shas IS NULL OR v_moved > 0 OR cardinality(p_shas) > 1000 THEN
        p_shas := NULL;
        SELECT array_agg(w.sha), array_agg(w.target), array_agg(w.branch)
        INTO v_reverts, v_targets, v_branches
        FROM jirasync.wanted_reverts w
        WHERE w.tenant = p_tenant AND w.source = p_source AND w.repository = p_repository;
    ELSE
        p_shas := jirasync.revert_neighbourhood(p_tenant, p_source, p_repository, p_shas);
        SELECT array_agg(w.sha), array_agg(w.target), array_agg(w.branch)
        INTO v_reverts, v_targets, v_branches
        FROM unnest(p_shas) u (sha)
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.wanted_reverts t
            WHERE t.tenant = p_tenant AND t.source = p_source AND t.repository = p_repository
              AND t.sha = u.sha
            OFFSET 0) w;
    END IF;
    SELECT write_reverts.changed + d.changed, d.shas INTO changed, shas
    FROM jirasync.write_reverted_commits(p_tenant, p_source, p_repository, p_shas,
                                         v_reverts, v_targets, v_branches) d;
END
$$;
COMMENT ON FUNCTION jirasync.write_reverts IS 'Write the difference between revert_names, counted_reach, reverted_commits and what the landed reverts of the repository take back on which branches, for the given commits and all that reverts tie to them or (NULL) for all; says how many rows and which commits changed';
