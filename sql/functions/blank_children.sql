-- Removes the content of comments, worklogs, links and other entities: those of given issues, or those long deleted.

CREATE OR REPLACE FUNCTION jirasync.blank_children(
    p_tenant text, p_sources text[], p_ids bigint[], p_before timestamptz, p_most bigint)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
    v_table  record;
    v_owner  text;
    v_left   bigint := p_most;
    v_done   bigint := 0;
    v_rows   bigint;
BEGIN
    FOR v_table IN
        SELECT *
          FROM (VALUES
                ('comments', 'author = NULL, body = NULL', '(n.author IS NOT NULL OR n.body IS NOT NULL)',
                 '{issue_id}'::text[]),
                ('worklogs', 'author = NULL, seconds_spent = NULL, started_at = NULL',
                 '(n.author IS NOT NULL OR n.seconds_spent IS NOT NULL OR n.started_at IS NOT NULL)', '{issue_id}'),
                ('issue_links', 'link_type = NULL', 'n.link_type IS NOT NULL', '{from_issue_id,to_issue_id}'),
                -- A project's facts stay as long as Jira can bring it back.
                ('entities', 'body = jirasync.entity_facts(t.kind, t.body)',
                 'n.body IS NOT NULL AND n.body IS DISTINCT FROM jirasync.entity_facts(n.kind, n.body)
                  AND (n.kind <> ''project'' OR n.deleted_at < $4 - jirasync.setting_number(''prune_trash_days'')
                                                                  * interval ''24 hours'')', '{issue_id}'))
               AS t (name, blanks, has_content, owners)
    LOOP
        FOREACH v_owner IN ARRAY CASE WHEN p_ids IS NULL THEN '{""}' ELSE v_table.owners END LOOP
            CONTINUE WHEN v_left <= 0;
            -- By place: the rows are locked. What another transaction holds is left for later.
            EXECUTE format(
                'UPDATE jirasync.%I t SET %s WHERE t.tenant = $1 AND t.ctid = ANY (ARRAY(%s))', v_table.name,
                v_table.blanks,
                CASE WHEN p_ids IS NULL THEN format(
                    'SELECT n.ctid FROM jirasync.%I n
                      WHERE n.tenant = $1 AND n.deleted_at IS NOT NULL AND n.deleted_at < $4 AND %s
                      ORDER BY n.deleted_at LIMIT $5 FOR NO KEY UPDATE SKIP LOCKED', v_table.name, v_table.has_content)
                ELSE format(
                    'SELECT o.place FROM unnest($2, $3) u (source, issue_id)
                      CROSS JOIN LATERAL (
                            SELECT n.ctid AS place FROM jirasync.%I n
                             WHERE n.tenant = $1 AND n.source = u.source AND n.%I = u.issue_id AND %s
                            OFFSET 0 FOR NO KEY UPDATE SKIP LOCKED) o
                      LIMIT $5', v_table.name, v_owner, v_table.has_content) END)
                USING p_tenant, p_sources, p_ids, p_before, v_left;
            GET DIAGNOSTICS v_rows = ROW_COUNT;
            v_left := v_left - v_rows;
            v_done := v_done + v_rows;
        END LOOP;
    END LOOP;
    RETURN v_done;
END
$$;
COMMENT ON FUNCTION jirasync.blank_children(text, text[], bigint[], timestamptz, bigint) IS
    'Part of the prune job: blanks the content of up to p_most (NULL: all) comments, worklogs, links and entities: of the issues given as parallel arrays or, where these are NULL, those deleted before p_before; returns how many. Rows that others hold are skipped';
