-- Removes what belongs to an issue, and keeps it from coming back.

CREATE OR REPLACE FUNCTION jirasync.forget_children(p_tenant text, p_source text, p_issue_id bigint)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
    v_table  record;
    v_rows   bigint;
    v_all    bigint := 0;
BEGIN
    FOR v_table IN
        SELECT *
          FROM (VALUES
                ('comments', 'author = NULL, body = NULL', 't.issue_id = $3'),
                ('worklogs', 'author = NULL, seconds_spent = NULL, started_at = NULL', 't.issue_id = $3'),
                ('issue_links', 'link_type = NULL', '(t.from_issue_id = $3 OR t.to_issue_id = $3)'),
                ('entities', 'body = NULL, buried_at = coalesce(t.buried_at, now())', 't.issue_id = $3'))
               AS v (name, blanks, belongs)
    LOOP
        EXECUTE format(
            'UPDATE jirasync.%I t
                SET %s, deleted_at = coalesce(t.deleted_at, now()), is_shown = true, rank_updated = ''infinity'',
                    rank_timestamp = ''infinity'', rank_sha256 = ''''
              WHERE t.tenant = $1 AND t.source = $2 AND %s', v_table.name, v_table.blanks, v_table.belongs)
            USING p_tenant, p_source, p_issue_id;
        GET DIAGNOSTICS v_rows = ROW_COUNT;
        v_all := v_all + v_rows;
    END LOOP;
    RETURN v_all;
END
$$;
COMMENT ON FUNCTION jirasync.forget_children(text, text, bigint) IS
    'Part of forget_issue: blanks the issue''s comments, worklogs, links and other entities and leaves tombstones of the highest rank, which no event can fill; returns how many';
