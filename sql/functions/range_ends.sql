-- What the two ends of a range hold, for the questions about ranges.
CREATE OR REPLACE FUNCTION jirasync.range_ends(
    p_tenant text, p_source text, p_repository text, p_from text, p_to text,
    OUT from_refs text[], OUT from_limits integer[], OUT from_walked text[],
    OUT to_refs text[], OUT to_limits integer[], OUT to_walked text[], OUT is_exact boolean, OUT note text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
DECLARE
    v_from  record;
    v_to    record;
BEGIN
    PERFORM jirasync.find_repository(p_tenant, p_source, p_repository);
    v_from := jirasync.revision_extent(p_tenant, p_source, p_repository, p_from);
    v_to := jirasync.revision_extent(p_tenant, p_source, p_repository, p_to);
    from_refs := v_from.refs;
    from_limits := v_from.limits;
    from_walked := v_from.walked;
    to_refs := v_to.refs;
    to_limits := v_to.limits;
    to_walked := v_to.walked;
    is_exact := v_from.is_exact AND v_to.is_exact;
    SELECT string_agg(DISTINCT n.note, '; ') INTO note FROM unnest(v_from.notes || v_to.notes) n (note);
    IF note IS NOT NULL THEN
        RAISE NOTICE '%', note;
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.range_ends IS 'revision_extent() of both ends of a range of a repository that is known; says aloud what there is to know of them, which note has too';
