-- Which reverts have a say in whether given commits are taken back?
CREATE OR REPLACE FUNCTION jirasync.reverts_tied_to(
    p_tenant text, p_source text, p_repository text, p_shas text[], OUT reverts text[], OUT targets text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET jit = off AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM jirasync.revert_names n
                   WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository) THEN
        RETURN;
    END IF;
    -- From some thousand commits on, going through all reverts is cheaper than looking for those that name each commit.
    IF cardinality(p_shas) > 1000 THEN
        p_shas := ARRAY(SELECT DISTINCT n.sha FROM jirasync.revert_names n
                        WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository);
    ELSE
        p_shas := jirasync.revert_neighbourhood(p_tenant, p_source, p_repository, p_shas);
    END IF;
    SELECT array_agg(t.sha), array_agg(t.target) INTO reverts, targets
    FROM (SELECT DISTINCT s.sha FROM unnest(p_shas) s (sha)) u
    CROSS JOIN LATERAL (
        SELECT DISTINCT n.sha, n.target FROM jirasync.wanted_revert_targets n
        WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = u.sha
          AND NOT EXISTS (
              SELECT FROM jirasync.revert_standing s
              WHERE s.tenant = p_tenant AND s.source = p_source AND s.repository = p_repository AND s.sha = u.sha
                AND s.target = n.target AND s.named = n.named AND NOT s.has_stood)
        OFFSET 0) t;
END
$$;
COMMENT ON FUNCTION jirasync.reverts_tied_to IS 'The reverts and their targets (parallel arrays) that the commits are tied to, by one revert or by reverts of reverts, where the revert was made on the target; NULL where no revert names any of them. Of very many commits all reverts of the repository';
