-- What belongs to a deleted issue is deleted with it, whichever was told first.

CREATE OR REPLACE FUNCTION jirasync.bury_children(
    p_outcome text[], p_tenant text[], p_source text[], p_issue_id bigint[],
    p_place integer[], p_entity_issue_id bigint[], p_from_issue_id bigint[], p_to_issue_id bigint[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    r  record;
BEGIN
    FOR r IN
        SELECT i.tenant, i.source, i.issue_id, i.buried_at, i.forgotten_at
          FROM (SELECT m.tenant, m.source, m.issue_id
                  FROM unnest(p_outcome, p_tenant, p_source, p_issue_id) AS m (outcome, tenant, source, issue_id)
                 WHERE m.outcome = 'fresh' AND m.issue_id IS NOT NULL
                 UNION
                SELECT p_tenant[e.place], p_source[e.place], o.issue_id
                  FROM unnest(p_place, p_entity_issue_id, p_from_issue_id, p_to_issue_id)
                       AS e (place, issue_id, from_issue_id, to_issue_id),
                       LATERAL (VALUES (e.issue_id), (e.from_issue_id), (e.to_issue_id)) AS o (issue_id)
                 WHERE p_outcome[e.place] = 'fresh' AND o.issue_id IS NOT NULL) k
         CROSS JOIN LATERAL (
               SELECT * FROM jirasync.issues n
                WHERE n.tenant = k.tenant AND n.source = k.source AND n.issue_id = k.issue_id
               OFFSET 0) i
         WHERE i.buried_at IS NOT NULL
         ORDER BY i.tenant, i.source, i.issue_id
    LOOP
        UPDATE jirasync.comments c SET deleted_at = r.buried_at
         WHERE c.tenant = r.tenant AND c.source = r.source AND c.issue_id = r.issue_id
           AND (c.deleted_at < r.buried_at OR c.deleted_at IS NULL);
        UPDATE jirasync.worklogs c SET deleted_at = r.buried_at
         WHERE c.tenant = r.tenant AND c.source = r.source AND c.issue_id = r.issue_id
           AND (c.deleted_at < r.buried_at OR c.deleted_at IS NULL);
        UPDATE jirasync.issue_links c SET deleted_at = r.buried_at
         WHERE c.tenant = r.tenant AND c.source = r.source AND c.from_issue_id = r.issue_id
           AND (c.deleted_at < r.buried_at OR c.deleted_at IS NULL);
        UPDATE jirasync.issue_links c SET deleted_at = r.buried_at
         WHERE c.tenant = r.tenant AND c.source = r.source AND c.to_issue_id = r.issue_id
           AND (c.deleted_at < r.buried_at OR c.deleted_at IS NULL);
        UPDATE jirasync.entities c SET deleted_at = r.buried_at, buried_at = r.buried_at
         WHERE c.tenant = r.tenant AND c.source = r.source AND c.issue_id = r.issue_id
           AND (c.buried_at < r.buried_at OR c.buried_at IS NULL);
        IF r.forgotten_at IS NOT NULL THEN
            PERFORM jirasync.blank_children(r.tenant, ARRAY[r.source], ARRAY[r.issue_id], NULL, NULL);
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION jirasync.bury_children IS
    'Part of store_deliveries: comments, worklogs, links, attachments and properties of the batch''s deleted issues get their tombstones, no earlier than the issue''s';
