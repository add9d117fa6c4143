-- Issues that are gone in Jira, as the events that tell it.

CREATE OR REPLACE FUNCTION jirasync.gone_bodies(p_tenant text, p_source text, p_ids bigint[], p_at timestamptz)
RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT jsonb_build_object('timestamp', floor(extract(epoch FROM p_at) * 1000)::bigint,
                                  'webhookEvent', 'jirasync:issue_gone',
                                  'issue', jsonb_strip_nulls(jsonb_build_object('id', i.issue_id::text, 'key', i.issue_key)))::text
          FROM jirasync.issues i
         WHERE i.tenant = p_tenant AND i.source = p_source AND i.issue_id = ANY (p_ids) AND i.buried_at IS NULL
         ORDER BY i.issue_id;
END
$$;
COMMENT ON FUNCTION jirasync.gone_bodies(text, text, bigint[], timestamptz) IS
    'Bodies of events (jirasync:issue_gone) that bury those among issues that no event of theirs has buried, as of p_at';
