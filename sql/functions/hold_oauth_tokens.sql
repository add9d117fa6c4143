-- The OAuth tokens of a site, held until the transaction ends.

CREATE OR REPLACE FUNCTION jirasync.hold_oauth_tokens(
    p_tenant text, p_source text, p_first_refresh_token text DEFAULT NULL,
    OUT access_token text, OUT access_expires_at timestamptz, OUT refresh_token text, OUT generation bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO jirasync.oauth_tokens (tenant, source, refresh_token)
    SELECT p_tenant, p_source, p_first_refresh_token WHERE p_first_refresh_token IS NOT NULL
    ON CONFLICT DO NOTHING;
    SELECT t.access_token, t.access_expires_at, t.refresh_token, t.generation
      INTO access_token, access_expires_at, refresh_token, generation
      FROM jirasync.oauth_tokens t
     WHERE t.tenant = p_tenant AND t.source = p_source
       FOR UPDATE;
END
$$;
COMMENT ON FUNCTION jirasync.hold_oauth_tokens(text, text, text) IS
    'Locks and returns the tokens of a site; p_first_refresh_token, the configured one, makes its row where there is none. Whoever refreshes does it before the transaction ends, so that two never do at once; the second finds a newer generation, and what it needs';
