-- Definition of the keys that issues have by their project's keys: a number under each of them, where there are several.
CREATE OR REPLACE VIEW jirasync.wanted_issue_aliases AS
SELECT a.tenant, a.source, b.project_key || substring(a.issue_key FROM '-[0-9]+$') AS issue_key, a.issue_id,
       '-infinity'::timestamptz AS since, p.project_id
FROM jirasync.project_keys p
JOIN jirasync.issue_keys a
  ON rtrim(a.issue_key, '0123456789') = p.project_key || '-' AND a.tenant = p.tenant AND a.source = p.source
JOIN jirasync.project_keys b ON b.tenant = p.tenant AND b.source = p.source AND b.project_id = p.project_id
WHERE a.issue_key ~ '-[0-9]+$'
  AND EXISTS (SELECT FROM jirasync.project_keys o
              WHERE o.tenant = p.tenant AND o.source = p.source AND o.project_id = p.project_id
                AND o.project_key <> p.project_key)
  -- Another project may have borne the key, too: the issue has to be known in this one.
  AND (EXISTS (SELECT FROM jirasync.issue_snapshots s
               WHERE s.tenant = a.tenant AND s.source = a.source AND s.issue_id = a.issue_id
                 AND s.project_id = p.project_id)
       OR EXISTS (SELECT FROM jirasync.issues i
                  WHERE i.tenant = a.tenant AND i.source = a.source AND i.issue_id = a.issue_id
                    AND i.project_id = p.project_id));
COMMENT ON VIEW jirasync.wanted_issue_aliases IS 'Keys that issue_keys is to hold besides those that events told: of a project that has borne several keys, each number that was told under one of them stands under all';
