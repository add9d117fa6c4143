-- Where a commit stood on a branch before one of its pushes.
CREATE OR REPLACE FUNCTION jirasync.place_before(
    p_tenant text, p_source text, p_repository text, p_ref text, p_places jirasync.push_place[], p_ord integer,
    p_imported_to integer, p_sha text)
RETURNS integer LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT min(f.position)
        FROM (SELECT o.position FROM unnest(p_places) o WHERE o.sha = p_sha AND o.ord < p_ord
              UNION ALL
              SELECT r.position FROM jirasync.commit_refs r
              WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.sha = p_sha
                AND r.ref IN (p_ref, p_ref || '~') AND NOT r.is_pushed AND r.position <= p_imported_to) f);
END
$$;
COMMENT ON FUNCTION jirasync.place_before IS 'Part of push_cuts: the position of a commit among the given places of earlier pushes and those that an import read; NULL where it has none';
