-- Takes new pushes of a branch into account where they simply go on from its tip: what they list, and no more, is read.
CREATE OR REPLACE FUNCTION jirasync.extend_ref(
    p_row jirasync.refs, OUT is_done boolean, OUT changed integer, OUT shas text[])
LANGUAGE plpgsql AS $$
DECLARE
    v_new         jirasync.pushes[];
    v_next        jirasync.pushes;
    v_tip         text := p_row.sha;
    v_deliveries  text[] := '{}';
    v_changes     integer[] := '{}';
    v_places      jirasync.push_place[];
    v_read_at     timestamptz := greatest(p_row.imported_at, (
        SELECT r.refs_read_at FROM jirasync.repositories r
        WHERE r.tenant = p_row.tenant AND r.source = p_row.source AND r.repository = p_row.repository));
BEGIN
    is_done := false;
    changed := 0;
    shas := '{}';
    v_new := ARRAY(SELECT p FROM jirasync.pushes p
                   WHERE p.tenant = p_row.tenant AND p.source = p_row.source AND p.repository = p_row.repository
                     AND p.ref = p_row.ref AND p.seq > p_row.derived_to AND NOT p.is_notice ORDER BY p.seq LIMIT 201);
    IF cardinality(v_new) = 0 THEN
        is_done := true;
        RETURN;
    ELSIF cardinality(v_new) > 200 THEN
        RETURN;
    END IF;
    -- Where the tip was entered more than once, the pushes may not join up when it is left. One that begins and ends there
    -- led nowhere: the line begins with the push that leaves it.
    IF (SELECT count(*) + count(*) FILTER (WHERE e.before = v_tip OR v_tip = p_row.imported_sha AND e.received_at > v_read_at)
        FROM (SELECT p.before, p.received_at FROM jirasync.pushes p
              WHERE p.tenant = p_row.tenant AND p.source = p_row.source AND p.repository = p_row.repository
                AND p.ref = p_row.ref AND p.after = v_tip LIMIT 2) e) > 1 THEN
        RETURN;
    END IF;
    WHILE cardinality(v_deliveries) < cardinality(v_new) LOOP
        -- (strictly one: with two of them the whole way is to be looked at)
        BEGIN
            SELECT n.* INTO STRICT v_next FROM unnest(v_new) n WHERE n.before = v_tip;
        EXCEPTION WHEN no_data_found OR too_many_rows THEN
            RETURN;
        END;
        IF v_next.kind <> 'branch' OR v_next.is_forced OR v_next.after IS NULL OR v_next.listed = 0
           OR v_next.received_at <= v_read_at OR v_next.branch_keys <> p_row.branch_keys
           OR v_read_at IS NOT NULL AND EXISTS (
               SELECT FROM jirasync.commits c
               WHERE c.tenant = p_row.tenant AND c.source = p_row.source AND c.repository = p_row.repository
                 AND c.sha = v_next.after AND c.is_from_history)
           OR jirasync.has_been_at(p_row, v_next.after, v_next.seq) THEN
            RETURN;
        END IF;
        v_deliveries := v_deliveries || v_next.delivery_id;
        v_changes := v_changes || v_next.change;
        v_tip := v_next.after;
    END LOOP;
    v_places := ARRAY(
        SELECT o FROM jirasync.push_places(p_row.tenant, p_row.source, p_row.repository, p_row.ref, v_deliveries, v_changes,
                                           p_row.numbered_to) o);
    IF EXISTS (SELECT FROM jirasync.push_steps(p_row.tenant, p_row.source, p_row.repository, v_deliveries, v_changes,
                                               v_places) s WHERE NOT s.goes_on OR s.leaves_line)
       -- what the branch had once, and has again
       OR EXISTS (SELECT FROM unnest(v_places) o
                  CROSS JOIN LATERAL (
                      SELECT n.ref FROM jirasync.commit_refs n
                      WHERE n.tenant = p_row.tenant AND n.source = p_row.source AND n.repository = p_row.repository
                        AND n.sha = o.sha
                      OFFSET 0) r
                  WHERE starts_with(r.ref, p_row.ref || '~')) THEN
        RETURN;
    END IF;
    SELECT w.changed, w.shas INTO changed, shas
    FROM jirasync.write_places(p_row.tenant, p_row.source, p_row.repository, p_row.ref, ARRAY(
        SELECT d.place FROM (SELECT DISTINCT ON (o.sha) o AS place FROM unnest(v_places) o
                             ORDER BY o.sha, o.ord, o.position) d), true) w;
    UPDATE jirasync.refs r
    SET sha = v_tip, seen_at = v_next.received_at, derived_to = (SELECT max(n.seq) FROM unnest(v_new) n),
        numbered_to = greatest(p_row.numbered_to, (SELECT max(o.position) FROM unnest(v_places) o))
    WHERE r.tenant = p_row.tenant AND r.source = p_row.source AND r.repository = p_row.repository AND r.ref = p_row.ref;
    changed := changed + 1;
    is_done := true;
END
$$;
COMMENT ON FUNCTION jirasync.extend_ref IS 'Where all new pushes of a living branch go on from its tip, without force and each to a commit it has not been at: adds their places as ref_state would give them. is_done false: it is for ref_state to say';
