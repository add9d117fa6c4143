-- Takes one job from whoever has it, for a person's verb.

CREATE OR REPLACE FUNCTION jirasync.take_job(p_tenant text, p_id bigint, p_states text[], p_taker text)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_token  bigint;
BEGIN
    -- max_attempts leaves room for one more try.
    UPDATE jirasync.jobs
       SET state = 'running', lease_token = nextval('jirasync.lease_tokens'), leased_by = p_taker,
           lease_expires_at = now(), max_attempts = greatest(max_attempts, attempts + 1)
     WHERE tenant = p_tenant AND id = p_id AND state = ANY (p_states)
    RETURNING lease_token INTO v_token;
    RETURN v_token;
END
$$;
COMMENT ON FUNCTION jirasync.take_job(text, bigint, text[], text) IS
    'Gives a job in one of the states a new fencing token, so that its present holder can''t complete it; returns the token or NULL';
