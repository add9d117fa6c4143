-- The key an issue bears: as its newest look has it, under the newest key of its project.
CREATE OR REPLACE VIEW jirasync.current_issue_keys AS
SELECT i.tenant, i.source, i.issue_id,
       coalesce((SELECT p.project_key
                 FROM jirasync.projects p
                 JOIN jirasync.project_keys k
                   ON k.tenant = p.tenant AND k.source = p.source AND k.project_id = p.project_id
                  AND k.project_key <> p.project_key
                 WHERE p.tenant = i.tenant AND p.source = i.source AND p.project_id = i.project_id
                   AND k.project_key || '-' = rtrim(i.issue_key, '0123456789'))
                    || substring(i.issue_key FROM '-[0-9]+$'), i.issue_key) AS issue_key
FROM jirasync.issues i;
COMMENT ON VIEW jirasync.current_issue_keys IS 'The key of each issue: where its newest look shows a former key of its project, its number under the project''s present one';
