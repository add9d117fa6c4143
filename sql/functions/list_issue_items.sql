-- Notes a page of issues as Jira listed it.

CREATE OR REPLACE FUNCTION jirasync.list_issue_items(p_tenant text, p_reconciliation bigint, p_items text[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_ids      bigint[];
    v_keys     text[];
    v_updated  timestamptz[];
BEGIN
    SELECT array_agg((i.item ->> 'id')::bigint), array_agg(i.item ->> 'key'),
           array_agg(jirasync.jira_instant(i.item #>> '{fields,updated}'))
      INTO v_ids, v_keys, v_updated
      FROM (SELECT u.text::jsonb AS item FROM unnest(p_items) AS u (text)) i
     WHERE i.item ->> 'id' ~ '^[1-9][0-9]{0,17}$' AND i.item ->> 'key' <> '';
    RETURN jirasync.list_issues(p_tenant, p_reconciliation, v_ids, v_keys, v_updated);
END
$$;
COMMENT ON FUNCTION jirasync.list_issue_items(text, bigint, text[]) IS
    'list_issues over the items of a page of Jira''s search (id, key, fields.updated); returns how many rows are new or newer';
