-- Keeps the tokens that a refresh brought.

CREATE OR REPLACE FUNCTION jirasync.write_oauth_tokens(
    p_tenant text, p_source text, p_access_token text, p_refresh_token text, p_expires_s bigint)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_generation  bigint;
BEGIN
    UPDATE jirasync.oauth_tokens t
       SET access_token = p_access_token, access_expires_at = clock_timestamp() + p_expires_s * interval '1 s',
           refresh_token = coalesce(p_refresh_token, t.refresh_token), refreshed_at = now(), generation = t.generation + 1
     WHERE t.tenant = p_tenant AND t.source = p_source
    RETURNING t.generation INTO v_generation;
    RETURN v_generation;
END
$$;
COMMENT ON FUNCTION jirasync.write_oauth_tokens(text, text, text, text, bigint) IS
    'Writes the access token, how many seconds it lives, and the refresh token that follows the used one (NULL: it stays), to the row that hold_oauth_tokens has locked; returns the generation';
