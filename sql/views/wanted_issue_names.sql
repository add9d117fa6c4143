-- Definition of the names an issue shows: each the newest known one of its id.
CREATE OR REPLACE VIEW jirasync.wanted_issue_names AS
SELECT i.tenant, i.source, i.issue_id,
       coalesce((SELECT p.project_key FROM jirasync.projects p
                 WHERE p.tenant = i.tenant AND p.source = i.source AND p.project_id = i.project_id),
                i.project_key) AS project_key,
       coalesce((SELECT p.issue_key FROM jirasync.issues p
                 WHERE p.tenant = i.tenant AND p.source = i.source AND p.issue_id = i.parent_id),
                i.parent_key) AS parent_key,
       CASE WHEN i.version_ids IS NULL THEN i.fix_versions ELSE ARRAY(
           SELECT coalesce((SELECT v.name FROM jirasync.versions v
                            WHERE v.tenant = i.tenant AND v.source = i.source AND v.version_id = u.version_id),
                           u.version_id::text)
           FROM unnest(i.version_ids) WITH ORDINALITY u (version_id, n)
           ORDER BY u.n) END AS fix_versions
FROM jirasync.issues i;
COMMENT ON VIEW jirasync.wanted_issue_names IS 'What issues.project_key, parent_key and fix_versions are to be; correlate() writes the difference';
