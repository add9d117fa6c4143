-- What a branch, a tag or a commit holds: lines up to a position each, and single commits.
CREATE OR REPLACE FUNCTION jirasync.revision_extent(
    p_tenant text, p_source text, p_repository text, p_revision text,
    OUT sha text, OUT refs text[], OUT limits integer[], OUT walked text[], OUT notes text[], OUT is_exact boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    v_start  record;
    v_known  record;
BEGIN
    v_start := jirasync.revision_start(p_tenant, p_source, p_repository, p_revision);
    sha := v_start.sha;
    refs := ARRAY[v_start.ref];
    limits := ARRAY[v_start.position];
    walked := '{}';
    notes := '{}';
    is_exact := true;
    IF v_start.ref IS NULL THEN
        SELECT array_agg(w.ref) FILTER (WHERE w.ref IS NOT NULL) AS refs,
               array_agg(w.position) FILTER (WHERE w.ref IS NOT NULL) AS limits, array_agg(w.sha) AS walked,
               array_agg(w.sha) FILTER (WHERE NOT w.knows_parents) AS ends,
               bool_or(w.sha = v_start.sha AND w.ref IS NOT NULL) AS is_on_line
        INTO v_known FROM jirasync.walk_parents(p_tenant, p_source, p_repository, v_start.sha) w;
        refs := v_known.refs;
        limits := v_known.limits;
        walked := v_known.walked;
        IF NOT v_known.is_on_line THEN
            notes := notes || format('%s stands on no first-parent line: what it holds was read from its parents',
                                     left(p_revision, 40));
        END IF;
        IF v_known.ends IS NOT NULL THEN
            SELECT refs || array_agg(b.ref) FILTER (WHERE b.ref IS NOT NULL),
                   limits || array_agg(b.position) FILTER (WHERE b.ref IS NOT NULL),
                   walked || array_agg(b.sha) FILTER (WHERE b.sha IS NOT NULL)
            INTO refs, limits, walked FROM jirasync.listed_before(p_tenant, p_source, p_repository, v_known.ends) b;
            notes := notes || format('approximate: the parents of %s are not known', left(v_known.ends[1], 12));
            is_exact := false;
        END IF;
    END IF;
    SELECT coalesce(array_agg(l.ref), '{}'), coalesce(array_agg(l."limit"), '{}') INTO refs, limits
    FROM jirasync.lines_below(p_tenant, p_source, p_repository, refs, limits) l;
    SELECT notes || array_agg(d.doubt), is_exact AND count(*) = 0 INTO notes, is_exact
    FROM jirasync.doubts_of_lines(p_tenant, p_source, p_repository, refs) d;
END
$$;
COMMENT ON FUNCTION jirasync.revision_extent IS 'All that a revision holds: on each of the branches and tags refs the positions up to limits, and the commits walked. notes says what to know of it, is_exact false that it may be wrong';
