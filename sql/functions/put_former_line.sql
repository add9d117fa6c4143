-- Writes a line that a branch had once.
CREATE OR REPLACE FUNCTION jirasync.put_former_line(
    p_old jirasync.refs, p_new jirasync.refs, p_places jirasync.push_place[], OUT changed integer, OUT shas text[])
LANGUAGE plpgsql AS $$
DECLARE
    v_new  jirasync.refs := p_new;
BEGIN
    v_new.is_default := false;
    -- (no push goes on from here)
    v_new.derived_to := 0;
    v_new.numbered_to := 0;
    SELECT w.changed, w.shas INTO changed, shas
    FROM jirasync.write_places(v_new.tenant, v_new.source, v_new.repository, v_new.ref, p_places, false) w;
    IF p_old IS DISTINCT FROM v_new THEN
        DELETE FROM jirasync.refs r
        WHERE r.tenant = v_new.tenant AND r.source = v_new.source AND r.repository = v_new.repository
          AND r.ref = v_new.ref;
        INSERT INTO jirasync.refs SELECT v_new.*;
        changed := changed + 1;
        shas := shas || jirasync.commits_meant(p_old, v_new);
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.put_former_line IS 'Part of write_former_lines: write the difference between a former line as it is stored and as it is to be';
