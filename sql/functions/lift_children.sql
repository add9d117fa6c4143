-- What went with an issue comes back with it.

CREATE OR REPLACE FUNCTION jirasync.lift_children(
    p_place bigint[], p_buried_at timestamptz[], p_tenant text[], p_source text[], p_issue_id bigint[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    r  record;
BEGIN
    -- The tombstone that they got from their issue, no other.
    FOR r IN
        SELECT p_tenant[l.place] AS tenant, p_source[l.place] AS source, p_issue_id[l.place] AS issue_id, l.buried_at
          FROM unnest(p_place, p_buried_at) AS l (place, buried_at)
         ORDER BY 1, 2, 3
    LOOP
        UPDATE jirasync.comments c SET deleted_at = NULL
         WHERE c.tenant = r.tenant AND c.source = r.source AND c.issue_id = r.issue_id AND c.deleted_at = r.buried_at;
        UPDATE jirasync.worklogs c SET deleted_at = NULL
         WHERE c.tenant = r.tenant AND c.source = r.source AND c.issue_id = r.issue_id AND c.deleted_at = r.buried_at;
        UPDATE jirasync.issue_links c SET deleted_at = NULL
         WHERE c.tenant = r.tenant AND c.source = r.source AND c.from_issue_id = r.issue_id AND c.deleted_at = r.buried_at;
        UPDATE jirasync.issue_links c SET deleted_at = NULL
         WHERE c.tenant = r.tenant AND c.source = r.source AND c.to_issue_id = r.issue_id AND c.deleted_at = r.buried_at;
        UPDATE jirasync.entities c SET deleted_at = NULL, buried_at = NULL
         WHERE c.tenant = r.tenant AND c.source = r.source AND c.issue_id = r.issue_id AND c.buried_at = r.buried_at;
    END LOOP;
END
$$;
COMMENT ON FUNCTION jirasync.lift_children IS
    'Part of store_issues: comments, worklogs, links, attachments and properties that were buried with an issue whose tombstone is lifted are no longer deleted';
