-- Takes out of a line what later pushes dropped.
CREATE OR REPLACE FUNCTION jirasync.cut_line(
    p_state jirasync.ref_state, p_tenant text, p_source text, p_repository text, p_ref text, p_name text,
    p_deliveries text[], p_changes integer[], p_imported_to integer, p_is_put boolean)
RETURNS jirasync.ref_state LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_state  jirasync.ref_state := p_state;
    v_shift  integer := 0;
    v_gone   jirasync.push_place[];
    v_stays  boolean;
    v_base   integer := p_imported_to;
    v_below  integer;
    r        record;
BEGIN
    FOR r IN SELECT c.*, coalesce((SELECT min(o.position) - 1 FROM unnest(p_state.places) o WHERE o.ord >= c.ord),
                             p_state.numbered_to) AS start,
                    p.received_at AS at, p.before
             FROM jirasync.push_cuts(p_tenant, p_source, p_repository, p_name, p_deliveries, p_changes, p_state.places,
                                     p_imported_to) c
             JOIN jirasync.pushes p
               ON p.tenant = p_tenant AND p.source = p_source AND p.delivery_id = p_deliveries[c.ord]
              AND p.change = p_changes[c.ord]
             ORDER BY c.ord
    LOOP
        -- (it keeps of what went only what the branch itself was told to have)
        v_gone := ARRAY(
            SELECT o FROM unnest(v_state.places) o
            WHERE o.ord < r.ord AND o.position > r.up_to + v_shift AND NOT (p_is_put AND o.ord = 1));
        -- What was dropped stood on what an import had read, on what is left of the branch, or, where nothing is, on what
        -- that was cut from.
        v_below := greatest(r.up_to + v_shift, v_base);
        v_stays := v_below > coalesce(v_state.fork_position, 0) AND (NOT r.is_moved OR v_base IS NOT NULL);
        v_base := CASE WHEN NOT r.is_moved THEN least(v_base, r.up_to) END;
        IF r.before IS NOT NULL AND v_gone <> '{}' THEN
            v_state.dropped := v_state.dropped || (
                r.before, r.at, v_state.life_at, v_state.base_sha,
                CASE WHEN v_stays THEN p_name ELSE v_state.parent_ref END,
                CASE WHEN v_stays THEN v_below ELSE v_state.fork_position END, v_gone,
                v_state.is_fork_guessed)::jirasync.dropped_line;
        END IF;
        v_state.places := ARRAY(
            SELECT o FROM unnest(v_state.places) o WHERE o.ord >= r.ord OR o.position <= r.up_to + v_shift
            UNION ALL
            -- what a merge had brought comes with the first commit that stands on it now
            SELECT (r.ord, b.sha, r.start + v_shift + 1, false, b.bears_name, b.landed_at)::jirasync.push_place
            FROM jirasync.still_brought(
                p_tenant, p_source, p_repository, p_name, ARRAY(
                    SELECT o FROM unnest(v_state.places) o
                    WHERE o.ord < r.ord AND NOT o.on_line AND o.position = r.beside + v_shift),
                CASE WHEN r.beside <= v_state.kept_to THEN r.beside END, r.base_sha) b
            WHERE r.beside IS NOT NULL);
        v_state.kept_to := least(v_state.kept_to, r.up_to);
        IF r.is_moved THEN
            v_state.life_at := r.at;
            v_state.base_sha := r.base_sha;
            v_state.is_fork_guessed := false;
            SELECT f.parent_ref, f.fork_position INTO v_state.parent_ref, v_state.fork_position
            FROM jirasync.fork_of(p_tenant, p_source, p_repository, p_name, r.at, r.base_sha) f;
            -- Positions are counted along the whole line: they go on from those of the branch that it is cut from now.
            v_state.places := ARRAY(
                SELECT (o.ord, o.sha, o.position + coalesce(v_state.fork_position, 0) - r.start - v_shift, o.on_line,
                        o.bears_name, o.landed_at)::jirasync.push_place FROM unnest(v_state.places) o);
            v_state.numbered_to := v_state.numbered_to + coalesce(v_state.fork_position, 0) - r.start - v_shift;
            v_shift := coalesce(v_state.fork_position, 0) - r.start;
        END IF;
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
COMMENT ON FUNCTION jirasync.cut_line IS 'Part of ref_state: applies push_cuts to places and to what is kept of the import; a line that was put on another commit is cut from where that stands. Each commit keeps the first place that is left. p_is_put: the first push put the branch on a commit without listing any';
