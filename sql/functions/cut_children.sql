-- Which fetched issues have more comments or worklogs than their answer showed?

CREATE OR REPLACE FUNCTION jirasync.cut_children(p_bodies text[])
RETURNS TABLE (issue_id bigint, kind text)
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT (b.issue ->> 'id')::bigint, k.kind
          FROM (SELECT u.body::jsonb -> 'issue' AS issue FROM unnest(p_bodies) AS u (body)) b
         CROSS JOIN LATERAL (VALUES
               ('comment', b.issue #> '{fields,comment,comments}', b.issue #> '{fields,comment,total}'),
               ('worklog', b.issue #> '{fields,worklog,worklogs}', b.issue #> '{fields,worklog,total}'))
               AS k (kind, items, total)
         WHERE jsonb_typeof(k.items) = 'array' AND jsonb_typeof(k.total) = 'number'
           AND k.total::text::numeric > jsonb_array_length(k.items);
END
$$;
COMMENT ON FUNCTION jirasync.cut_children(text[]) IS
    'Of bodies of fetched issues: those whose comments or worklogs Jira showed only in part (total says more), which are to be listed by themselves';
