-- The line that a branch has after a push that forced it, or left its line by a fast-forward, by first parents.
CREATE OR REPLACE FUNCTION jirasync.retraced_line(
    p_step jirasync.push_step, p_state jirasync.ref_state, p_tenant text, p_source text, p_repository text, p_ref text,
    p_imported_to integer, p_start integer,
    OUT up_to integer, OUT base_sha text, OUT parent_ref text, OUT fork_position integer, OUT depends_on text[],
    OUT after_position integer, OUT kept jirasync.push_place[])
LANGUAGE plpgsql STABLE SET enable_hashjoin = on AS $$
DECLARE
    v_line   text[] := '{}';
    v_lines  record;
    v_place  record;
BEGIN
    v_lines := jirasync.fork_lines(p_state, p_tenant, p_source, p_repository);
    -- From the lowest new commit down by first parents, over what merges had brought, to a line that it was on.
    base_sha := p_step.base_sha;
    LOOP
        SELECT NULL AS ref, b.* INTO v_place
        FROM jirasync.place_before(p_tenant, p_source, p_repository, p_ref, p_state.places, p_step.ord, p_imported_to,
                                   base_sha) b;
        IF v_place.position IS NULL AND base_sha = p_state.base_sha THEN
            v_place.position := coalesce(p_state.fork_position, 0);
            v_place.on_line := true;
        ELSIF v_place.position IS NULL THEN
            SELECT o.ref, o.position, o.on_line INTO v_place
            FROM unnest(v_lines.refs, v_lines.limits) l (ref, up_to)
            CROSS JOIN LATERAL (
                SELECT n.ref, n.position, n.on_line FROM jirasync.commit_refs n
                WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = base_sha
                  AND n.ref = l.ref AND n.position <= l.up_to
                OFFSET 0) o
            ORDER BY o.on_line DESC, o.ref LIMIT 1;
            -- (also that it did not hold a commit may turn out otherwise)
            depends_on := v_lines.depends_on;
        END IF;
        EXIT WHEN v_place.on_line;
        -- (it is not told, or parents lead round in a ring)
        IF v_place.position IS NULL OR base_sha = ANY (v_line) THEN
            RETURN;
        END IF;
        v_line := base_sha || v_line;
        base_sha := (SELECT c.parents[1] FROM jirasync.commits c
                     WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = base_sha);
    END LOOP;
    parent_ref := v_place.ref;
    up_to := CASE WHEN parent_ref IS NULL THEN v_place.position ELSE 0 END;
    fork_position := CASE WHEN parent_ref IS NOT NULL THEN v_place.position END;
    -- (on a line of its own no position is given twice)
    after_position := cardinality(v_line) + CASE WHEN parent_ref IS NULL THEN p_start ELSE fork_position END;
    kept := jirasync.retraced_places(p_step, p_state.places, p_tenant, p_source, p_repository, v_line, p_start, ARRAY(
        SELECT o FROM unnest(p_state.places) o WHERE o.ord < p_step.ord AND o.position > up_to
        UNION ALL
        SELECT (0, i.sha, i.position, i.on_line, i.bears_name, i.landed_at)::jirasync.push_place
        FROM jirasync.commit_refs i
        WHERE i.tenant = p_tenant AND i.source = p_source AND i.repository = p_repository AND i.ref IN (p_ref, p_ref || '~')
          AND NOT i.is_pushed AND i.position > up_to AND i.position <= p_imported_to
        UNION ALL
        SELECT (0, o.sha, o.position, o.on_line, false, o.landed_at)::jirasync.push_place
        FROM unnest(v_lines.refs, v_lines.limits) l (ref, up_to)
        LEFT JOIN jirasync.lines_below(p_tenant, p_source, p_repository, ARRAY[parent_ref], ARRAY[fork_position]) b
          ON b.ref = l.ref
        CROSS JOIN LATERAL (
            SELECT n.sha, n.position, n.on_line, n.landed_at FROM jirasync.commit_refs n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.ref = l.ref
              AND n.position > coalesce(b."limit", 0) AND n.position <= l.up_to
            OFFSET 0) o
        WHERE parent_ref IS NOT NULL));
END
$$;
COMMENT ON FUNCTION jirasync.retraced_line IS 'Part of push_cut: up_to which position the branch''s line goes on from where it was (NULL: it did not hold that, or nobody tells), or at which commit of a line that it was cut from it leaves that (parent_ref is not NULL); after_position, up to where it is known from before; kept, retraced_places of all that the branch held above; depends_on, what this goes by beyond base_sha';
