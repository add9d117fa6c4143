-- Write what the names of the branches in rekey_branches have that is refused, where pushes and imports have it otherwise.
CREATE OR REPLACE FUNCTION jirasync.rekey_write_refused_branches(
    p_tenant text, p_source text, p_repository text, p_is_dry_run boolean,
    OUT refs text[], OUT refused_added integer, OUT refused_removed integer)
LANGUAGE plpgsql AS $$
BEGIN
    WITH present AS MATERIALIZED (
        SELECT p.ref, coalesce(p.branch_refused, '{}') AS refused
        FROM pg_temp.rekey_branches n
        JOIN jirasync.pushes p
          ON p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.ref = n.ref
        WHERE p.kind = 'branch' AND coalesce(p.branch_refused, '{}') <> n.refused
        UNION
        SELECT r.ref, coalesce(r.imported_refused, '{}')
        FROM pg_temp.rekey_branches n
        JOIN jirasync.refs r
          ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = n.ref
        WHERE r.kind = 'branch' AND r.imported_sha IS NOT NULL AND coalesce(r.imported_refused, '{}') <> n.refused
    ), word AS (
        SELECT o.ref, u.word, true AS is_new
        FROM present o JOIN pg_temp.rekey_branches n ON n.ref = o.ref CROSS JOIN LATERAL unnest(n.refused) u (word)
        WHERE u.word <> ALL (o.refused)
        UNION
        SELECT o.ref, u.word, false
        FROM present o JOIN pg_temp.rekey_branches n ON n.ref = o.ref CROSS JOIN LATERAL unnest(o.refused) u (word)
        WHERE u.word <> ALL (n.refused))
    SELECT ARRAY(SELECT DISTINCT o.ref FROM present o), count(*) FILTER (WHERE w.is_new), count(*) FILTER (WHERE NOT w.is_new)
    INTO refs, refused_added, refused_removed
    FROM word w;
    IF p_is_dry_run OR refs = '{}' THEN
        RETURN;
    END IF;
    PERFORM jirasync.lock_correlation(p_tenant);
    UPDATE jirasync.pushes p SET branch_refused = nullif(n.refused, '{}')
    FROM pg_temp.rekey_branches n
    WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = p_repository AND p.ref = n.ref
      AND p.kind = 'branch' AND n.ref = ANY (rekey_write_refused_branches.refs)
      AND coalesce(p.branch_refused, '{}') <> n.refused;
    UPDATE jirasync.refs r SET imported_refused = nullif(n.refused, '{}')
    FROM pg_temp.rekey_branches n
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = n.ref
      AND r.kind = 'branch' AND r.imported_sha IS NOT NULL AND n.ref = ANY (rekey_write_refused_branches.refs)
      AND coalesce(r.imported_refused, '{}') <> n.refused;
END
$$;
COMMENT ON FUNCTION jirasync.rekey_write_refused_branches IS 'Part of rekey_write_branches: brings what is refused in the names of the branches in rekey_branches up to date, in pushes and in refs; nothing is derived from it. Returns the branches that differed and how many refused candidates came and went; a dry run writes nothing';
