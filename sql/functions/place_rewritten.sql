-- Where the work stood that a forced push lists again as other commits.
CREATE OR REPLACE FUNCTION jirasync.place_rewritten(
    p_tenant text, p_source text, p_repository text, p_ref text, p_places jirasync.push_place[], p_ord integer,
    p_imported_to integer)
RETURNS integer LANGUAGE plpgsql STABLE SET enable_hashjoin = on AS $$
BEGIN
    -- Of an imported line only its last 500 positions are looked at: nobody rebases more.
    RETURN (
        SELECT min(earlier.position)
        FROM (SELECT o.sha, o.position FROM unnest(p_places) o WHERE o.ord < p_ord
              UNION ALL
              SELECT r.sha, r.position FROM jirasync.commit_refs r
              WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository
                AND r.ref IN (p_ref, p_ref || '~') AND NOT r.is_pushed
                AND r.position BETWEEN p_imported_to - 500 AND p_imported_to) earlier
        CROSS JOIN LATERAL (
            SELECT * FROM jirasync.commits n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = earlier.sha
            OFFSET 0) was
        JOIN (SELECT n.message, n.author_email, n.authored_at
              FROM unnest(p_places) o
              CROSS JOIN LATERAL (
                  SELECT * FROM jirasync.commits m
                  WHERE m.tenant = p_tenant AND m.source = p_source AND m.repository = p_repository AND m.sha = o.sha
                  OFFSET 0) n
              WHERE o.ord = p_ord) again
          ON again.message = was.message AND again.author_email IS NOT DISTINCT FROM was.author_email
         AND again.authored_at IS NOT DISTINCT FROM was.authored_at
        WHERE earlier.sha NOT IN (SELECT o.sha FROM unnest(p_places) o WHERE o.ord = p_ord));
END
$$;
COMMENT ON FUNCTION jirasync.place_rewritten IS 'Part of push_cut: the smallest position of an earlier commit whose message, author and author date one of the commits of the push repeats, as a rebase or an amendment does; NULL where none does';
