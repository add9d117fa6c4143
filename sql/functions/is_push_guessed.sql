-- Does nobody tell what the commits of a push stand on?

CREATE OR REPLACE FUNCTION jirasync.is_push_guessed(p_tenant text, p_source text, p_delivery_id text, p_change integer)
RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM jirasync.guessed_pushes g
                    WHERE g.tenant = p_tenant AND g.source = p_source AND g.delivery_id = p_delivery_id AND g.change = p_change);
END
$$;
COMMENT ON FUNCTION jirasync.is_push_guessed IS 'Is the push among guessed_pushes?';
