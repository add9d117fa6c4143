-- A row of refs without what only says when it was written.
CREATE OR REPLACE FUNCTION jirasync.unstamped_ref(p_row jirasync.refs) RETURNS jirasync.refs
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_row  jirasync.refs := p_row;
BEGIN
    v_row.derived_to := NULL;
    RETURN v_row;
END
$$;
COMMENT ON FUNCTION jirasync.unstamped_ref IS 'The row with derived_to left out: it says how far the row was derived, not what it shows';
