-- Where a commit stood on a branch before one of its pushes: on its line, or beside it, brought by a merge.
CREATE OR REPLACE FUNCTION jirasync.place_before(
    p_tenant text, p_source text, p_repository text, p_ref text, p_places jirasync.push_place[], p_ord integer,
    p_imported_to integer, p_sha text, OUT "position" integer, OUT on_line boolean)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT f.place, f.is_on INTO "position", on_line
    FROM (SELECT o.position AS place, o.on_line AS is_on FROM unnest(p_places) o WHERE o.sha = p_sha AND o.ord < p_ord
          UNION ALL
          SELECT r.position, r.on_line FROM jirasync.commit_refs r
          WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.sha = p_sha
            AND r.ref IN (p_ref, p_ref || '~') AND NOT r.is_pushed AND r.position <= p_imported_to) f
    ORDER BY f.is_on DESC, f.place LIMIT 1;
END
$$;
COMMENT ON FUNCTION jirasync.place_before IS 'Part of push_cut: the position of a commit among the given places of earlier pushes and those that an import read; NULL where it has none. on_line: it is on the branch''s first-parent line, so all up to there is what it stands on';
