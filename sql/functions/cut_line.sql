-- Takes out of a line what later pushes dropped, and puts beside it what they left for another line.
CREATE OR REPLACE FUNCTION jirasync.cut_line(
    p_state jirasync.ref_state, p_tenant text, p_source text, p_repository text, p_ref text, p_name text,
    p_deliveries text[], p_changes integer[], p_imported_to integer, p_is_put boolean)
RETURNS jirasync.ref_state LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_state  jirasync.ref_state := p_state;
    v_step   jirasync.push_step;
    v_cut    record;
    v_start  integer;
    v_shift  integer;
    v_gone   jirasync.push_place[];
    v_stays  boolean;
    v_base   integer := p_imported_to;
    v_below  integer;
BEGIN
    FOR v_step IN
        SELECT * FROM jirasync.push_steps(p_tenant, p_source, p_repository, p_deliveries, p_changes, p_state.places) s
        WHERE (s.before IS NOT NULL OR p_imported_to IS NOT NULL) AND (s.is_forced OR s.listed = 0 OR NOT s.goes_on OR s.leaves_line)
        ORDER BY s.ord
    LOOP
        v_start := coalesce((SELECT min(o.position) - 1 FROM unnest(v_state.places) o WHERE o.ord >= v_step.ord),
                            v_state.numbered_to);
        SELECT c.* INTO v_cut
        FROM jirasync.push_cut(v_step, v_state, p_tenant, p_source, p_repository, p_name, v_base, v_start) c;
        v_state.depends_on := coalesce(v_cut.depends_on, v_state.depends_on);
        CONTINUE WHEN v_cut.up_to IS NULL;
        -- (it keeps of what went only what the branch itself was told to have)
        v_gone := ARRAY(
            SELECT o FROM unnest(v_state.places) o
            WHERE o.ord < v_step.ord AND o.position > v_cut.up_to AND NOT (p_is_put AND o.ord = 1));
        -- What was dropped stood on what an import had read, on what is left of the branch, or, where nothing is, on what
        -- that was cut from.
        v_below := greatest(v_cut.up_to, v_base);
        v_stays := v_below > coalesce(v_state.fork_position, 0) AND (v_cut.life_at IS NULL OR v_base IS NOT NULL);
        v_base := CASE WHEN v_cut.life_at IS NULL AND v_base IS NOT NULL THEN least(v_base, v_cut.up_to) END;
        IF v_step.before IS NOT NULL AND v_gone <> '{}' THEN
            v_state.dropped := v_state.dropped || (
                v_step.before, v_step.at, v_state.life_at, v_state.base_sha,
                CASE WHEN v_stays THEN p_name ELSE v_state.parent_ref END,
                CASE WHEN v_stays THEN v_below ELSE v_state.fork_position END, v_gone,
                v_state.is_fork_guessed)::jirasync.dropped_line;
        END IF;
        v_state.kept_to := least(v_state.kept_to, v_cut.up_to);
        IF v_cut.life_at IS NOT NULL THEN
            v_state.life_at := v_cut.life_at;
            v_state.base_sha := v_cut.base_sha;
            v_state.is_fork_guessed := false;
            v_state.parent_ref := v_cut.parent_ref;
            v_state.fork_position := v_cut.fork_position;
        END IF;
        -- Positions are counted along the whole line.
        v_shift := coalesce(v_cut.after_position - v_start, 0);
        v_state.places := ARRAY(
            SELECT (o.ord, o.sha, o.position + CASE WHEN o.ord >= v_step.ord THEN v_shift ELSE 0 END, o.on_line, o.bears_name,
                    o.landed_at)::jirasync.push_place
            FROM unnest(v_state.places || v_cut.kept) o WHERE o.ord >= v_step.ord OR o.position <= v_cut.up_to);
        v_state.numbered_to := v_state.numbered_to + v_shift;
    END LOOP;
    v_state.places := ARRAY(
        SELECT d.place
        FROM (SELECT DISTINCT ON (o.sha) o.sha, o AS place FROM unnest(v_state.places) o
              -- what it was put on is its own only where no other line has it
              WHERE NOT (p_is_put AND o.ord = 1 AND (v_state.parent_ref IS NOT NULL OR strpos(p_name, '~') > 0))
              ORDER BY o.sha, o.ord, o.position) d
        WHERE p_imported_to IS NULL OR NOT EXISTS (
            SELECT FROM jirasync.commit_refs i
            WHERE i.tenant = p_tenant AND i.source = p_source AND i.repository = p_repository AND i.sha = d.sha
              AND i.ref IN (p_name, p_name || '~') AND NOT i.is_pushed AND i.position <= v_state.kept_to));
    v_state.dropped := jirasync.joined_dropped_lines(v_state, p_name, p_imported_to);
    RETURN v_state;
END
$$;
COMMENT ON FUNCTION jirasync.cut_line IS 'Part of ref_state: applies push_cut to places and to what is kept of the import, push by push; a line that was put on another commit is cut from where that stands. Each commit keeps the first place that is left. p_is_put: the first push put the branch on a commit without listing any';
