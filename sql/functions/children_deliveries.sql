-- The deliveries that the comments, worklogs, links and other entities of an issue show.

CREATE OR REPLACE FUNCTION jirasync.children_deliveries(p_tenant text, p_source text, p_issue_id bigint)
RETURNS TABLE (source text, delivery_id text)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN QUERY
        SELECT c.source, c.delivery_id FROM jirasync.comments c
         WHERE c.tenant = p_tenant AND c.source = p_source AND c.issue_id = p_issue_id
         UNION
        SELECT c.source, c.delivery_id FROM jirasync.worklogs c
         WHERE c.tenant = p_tenant AND c.source = p_source AND c.issue_id = p_issue_id
         UNION
        SELECT c.source, c.delivery_id FROM jirasync.issue_links c
         WHERE c.tenant = p_tenant AND c.source = p_source AND c.from_issue_id = p_issue_id
         UNION
        SELECT c.source, c.delivery_id FROM jirasync.issue_links c
         WHERE c.tenant = p_tenant AND c.source = p_source AND c.to_issue_id = p_issue_id
         UNION
        SELECT c.source, c.delivery_id FROM jirasync.entities c
         WHERE c.tenant = p_tenant AND c.source = p_source AND c.issue_id = p_issue_id;
END
$$;
COMMENT ON FUNCTION jirasync.children_deliveries(text, text, bigint) IS
    'Part of forget_issue: the deliveries that the rows of an issue''s comments, worklogs, links and other entities show';
