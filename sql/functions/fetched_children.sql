-- What fetched issues show of their comments, worklogs, links and attachments, as the events that would have told it.

CREATE OR REPLACE FUNCTION jirasync.fetched_children(p_tenant text, p_source text, p_bodies text[])
RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
BEGIN
    RETURN QUERY
    WITH issue AS MATERIALIZED (
        SELECT (b.body -> 'issue' ->> 'id')::bigint AS id, b.body -> 'timestamp' AS at_ms,
               to_timestamp((b.body ->> 'timestamp')::numeric / 1000) AS at,
               jsonb_build_object('id', b.body -> 'issue' ->> 'id') AS named, b.body -> 'issue' -> 'fields' AS fields
          FROM (SELECT u.body::jsonb AS body FROM unnest(p_bodies) AS u (body)) b
    ), list AS MATERIALIZED (
        -- A list that Jira cut tells what is there, not what is gone.
        SELECT i.*, k.kind, k.items,
               k.total IS NULL OR jsonb_typeof(k.total) <> 'number' OR k.total::text::numeric <= jsonb_array_length(k.items)
                   AS is_whole
          FROM issue i
         CROSS JOIN LATERAL (VALUES
               ('comment', i.fields #> '{comment,comments}', i.fields #> '{comment,total}'),
               ('worklog', i.fields #> '{worklog,worklogs}', i.fields #> '{worklog,total}'),
               ('issueLink', i.fields -> 'issuelinks', NULL),
               ('attachment', i.fields -> 'attachment', NULL)) AS k (kind, items, total)
         WHERE jsonb_typeof(k.items) = 'array'
    ), shown AS MATERIALIZED (
        SELECT l.id AS issue_id, l.at_ms, l.at, l.named, l.kind, c.item, (c.item ->> 'id')::bigint AS id,
               coalesce(c.item ->> 'updated', c.item ->> 'created') AS told,
               -- Both issues of a link show it.
               row_number() OVER (PARTITION BY l.kind, c.item ->> 'id' ORDER BY l.id) AS nth
          FROM list l
         CROSS JOIN LATERAL jsonb_array_elements(l.items) AS c (item)
         WHERE c.item ->> 'id' ~ '^[1-9][0-9]{0,17}$'
    )
    -- What the mirror has not, or has as it was before.
    SELECT jsonb_build_object(
               'timestamp', s.at_ms,
               'webhookEvent', CASE s.kind WHEN 'comment' THEN 'comment_updated' WHEN 'worklog' THEN 'worklog_updated'
                                           WHEN 'issueLink' THEN 'issuelink_created' ELSE 'attachment_created' END,
               s.kind, CASE s.kind
                   WHEN 'issueLink' THEN jsonb_build_object(
                       'id', s.id, 'issueLinkType', s.item -> 'type',
                       'sourceIssueId', CASE WHEN s.item ? 'outwardIssue' THEN s.issue_id
                                             ELSE (s.item #>> '{inwardIssue,id}')::bigint END,
                       'destinationIssueId', CASE WHEN s.item ? 'outwardIssue' THEN (s.item #>> '{outwardIssue,id}')::bigint
                                                  ELSE s.issue_id END)
                   WHEN 'worklog' THEN s.item || jsonb_build_object('issueId', s.issue_id::text)
                   ELSE s.item END,
               -- A link and a worklog name their issues themselves.
               CASE WHEN s.kind IN ('comment', 'attachment') THEN 'issue' ELSE 'of' END, s.named)::text
      FROM shown s
     WHERE s.nth = 1 AND CASE s.kind
               WHEN 'comment' THEN NOT EXISTS (
                   SELECT FROM jirasync.comments c
                    WHERE c.tenant = p_tenant AND c.source = p_source AND c.comment_id = s.id AND c.is_shown
                      AND (c.rank_updated >= jirasync.jira_instant(s.told)) IS NOT FALSE)
               WHEN 'worklog' THEN NOT EXISTS (
                   SELECT FROM jirasync.worklogs c
                    WHERE c.tenant = p_tenant AND c.source = p_source AND c.worklog_id = s.id AND c.is_shown
                      AND (c.rank_updated >= jirasync.jira_instant(s.told)) IS NOT FALSE)
               WHEN 'issueLink' THEN NOT EXISTS (
                   SELECT FROM jirasync.issue_links c
                    WHERE c.tenant = p_tenant AND c.source = p_source AND c.link_id = s.id AND c.is_shown)
               ELSE NOT EXISTS (
                   SELECT FROM jirasync.entities c
                    WHERE c.tenant = p_tenant AND c.source = p_source AND c.kind = 'attachment' AND c.id = s.id::text
                      AND c.is_shown AND c.issue_id IS NOT NULL)
           END
     UNION ALL
    -- What the mirror alone has, unless it came after the answer.
    SELECT jsonb_build_object(
               'timestamp', l.at_ms,
               'webhookEvent', CASE l.kind WHEN 'comment' THEN 'comment_deleted' WHEN 'worklog' THEN 'worklog_deleted'
                                           WHEN 'issueLink' THEN 'issuelink_deleted' ELSE 'attachment_deleted' END,
               l.kind, jsonb_build_object('id', g.id))::text
      FROM list l
     CROSS JOIN LATERAL (
           SELECT c.comment_id AS id FROM jirasync.comments c
            WHERE l.kind = 'comment' AND c.tenant = p_tenant AND c.source = p_source AND c.issue_id = l.id
              AND c.deleted_at IS NULL AND c.rank_timestamp < l.at
            UNION ALL
           SELECT c.worklog_id FROM jirasync.worklogs c
            WHERE l.kind = 'worklog' AND c.tenant = p_tenant AND c.source = p_source AND c.issue_id = l.id
              AND c.deleted_at IS NULL AND c.rank_timestamp < l.at
            UNION ALL
           SELECT c.link_id FROM jirasync.issue_links c
            WHERE l.kind = 'issueLink' AND c.tenant = p_tenant AND c.source = p_source AND c.from_issue_id = l.id
              AND c.deleted_at IS NULL AND c.rank_timestamp < l.at
            UNION
           SELECT c.link_id FROM jirasync.issue_links c
            WHERE l.kind = 'issueLink' AND c.tenant = p_tenant AND c.source = p_source AND c.to_issue_id = l.id
              AND c.deleted_at IS NULL AND c.rank_timestamp < l.at
            UNION ALL
           SELECT c.id::bigint FROM jirasync.entities c
            WHERE l.kind = 'attachment' AND c.tenant = p_tenant AND c.source = p_source AND c.issue_id = l.id
              AND c.kind = 'attachment' AND c.deleted_at IS NULL AND c.rank_timestamp < l.at) g
     WHERE l.is_whole
       AND NOT EXISTS (SELECT FROM shown s WHERE s.issue_id = l.id AND s.kind = l.kind AND s.id = g.id);
END
$$;
COMMENT ON FUNCTION jirasync.fetched_children(text, text, text[]) IS
    'Of bodies of fetched issues (event jirasync:issue_fetched): bodies of events for the comments, worklogs, links and attachments that the mirror has not or has as they were before, and for those that it alone has. They go through the store as any other; each has the instant of its answer';
