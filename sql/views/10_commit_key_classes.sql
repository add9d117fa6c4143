-- Each candidate key that a commit names: taken, or why not.
CREATE OR REPLACE VIEW jirasync.commit_key_classes AS
SELECT k.tenant, k.source, k.repository, k.sha, k.key, k.evidence,
       CASE WHEN EXISTS (
                SELECT FROM jirasync.issue_keys i WHERE i.tenant = k.tenant AND i.issue_key = k.key) THEN 'known'
            -- in this order the first key of the project is one look-up in the index, whether there is one or not
            WHEN (SELECT i.issue_key FROM jirasync.issue_keys i
                  WHERE i.tenant = k.tenant
                    AND rtrim(i.issue_key, '0123456789') = rtrim(k.key, '0123456789')
                  ORDER BY i.issue_key LIMIT 1) IS NOT NULL
              OR EXISTS (
                SELECT FROM jirasync.projects p
                WHERE p.tenant = k.tenant AND p.project_key || '-' = rtrim(k.key, '0123456789'))
                THEN 'unknown_key'
            ELSE 'unknown_project' END AS class
FROM jirasync.commit_keys k;
COMMENT ON VIEW jirasync.commit_key_classes IS 'What looked like a key: known (an issue bears or bore it), unknown_key (its project is known, or was the project of a known issue) or unknown_project (no key at all, as UTF-8 is none)';
