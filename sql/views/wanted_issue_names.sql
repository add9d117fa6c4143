-- Definition of the names an issue shows, each the newest known one of its id, and of its life.
CREATE OR REPLACE VIEW jirasync.wanted_issue_names AS
SELECT i.tenant, i.source, i.issue_id,
       coalesce((SELECT p.project_key FROM jirasync.projects p
                 WHERE p.tenant = i.tenant AND p.source = i.source AND p.project_id = i.project_id),
                i.project_key) AS project_key,
       coalesce((SELECT p.issue_key FROM jirasync.current_issue_keys p
                 WHERE p.tenant = i.tenant AND p.source = i.source AND p.issue_id = i.parent_id),
                i.parent_key) AS parent_key,
       CASE WHEN i.version_ids IS NULL THEN i.fix_versions ELSE ARRAY(
           SELECT coalesce((SELECT w.name FROM jirasync.versions w
                            WHERE w.tenant = i.tenant AND w.source = i.source AND w.version_id = v.version_id),
                           v.version_id::text)
           -- Two that were merged into one are one; two that bear the same name are two.
           FROM (SELECT s.version_id, min(u.n) AS n
                 FROM unnest(i.version_ids) WITH ORDINALITY u (version_id, n)
                 LEFT JOIN LATERAL (
                     SELECT w.deleted_at FROM jirasync.versions w
                     WHERE w.tenant = i.tenant AND w.source = i.source AND w.version_id = u.version_id
                     OFFSET 0) gone ON true
                 CROSS JOIN LATERAL (
                     SELECT CASE WHEN gone.deleted_at IS NULL THEN u.version_id
                                 ELSE jirasync.surviving_version(i.tenant, i.source, u.version_id) END) s (version_id)
                 WHERE s.version_id IS NOT NULL
                 GROUP BY s.version_id) v
           ORDER BY v.n) END AS fix_versions,
       (SELECT c.issue_key FROM jirasync.current_issue_keys c
        WHERE c.tenant = i.tenant AND c.source = i.source AND c.issue_id = i.issue_id) AS issue_key,
       coalesce(i.buried_at, (SELECT p.deleted_at FROM jirasync.projects p
                              WHERE p.tenant = i.tenant AND p.source = i.source AND p.project_id = i.project_id))
           AS deleted_at
FROM jirasync.issues i;
COMMENT ON VIEW jirasync.wanted_issue_names IS 'What issues.project_key, parent_key, fix_versions, issue_key and deleted_at are to be; correlate() writes the difference. A deleted version is not shown, or as the one it was merged into';
