-- What the messages of reverts name.
CREATE OR REPLACE VIEW jirasync.written_reverts AS
SELECT DISTINCT c.tenant, c.source, c.repository, c.sha,
       CASE WHEN request.name IS NULL THEN lower(named.name)
            WHEN lower(today.name) = lower(c.repository) THEN '#' || request.name[2]
            ELSE today.name || '#' || request.name[2] END AS named
FROM jirasync.commits c
CROSS JOIN LATERAL unnest(c.reverts) named (name)
CROSS JOIN LATERAL regexp_match(named.name, '^([^#!]*)[#!]([1-9][0-9]{0,17})$') request (name)
CROSS JOIN LATERAL (
    -- (a commit names a repository as it was called then, and its own also as it was called when the pull request was made)
    SELECT CASE WHEN request.name[1] = '' THEN ''
                WHEN EXISTS (SELECT FROM jirasync.repository_renames r
                             WHERE r.tenant = c.tenant AND r.source = c.source AND r.former = request.name[1]
                               AND r.repository = c.repository) THEN c.repository
                ELSE jirasync.name_today(c.tenant, c.source, request.name[1], c.committed_at) END AS name) today
WHERE c.reverts IS NOT NULL AND (request.name IS NOT NULL OR named.name ~ '^[0-9a-fA-F]{7,}$');
COMMENT ON VIEW jirasync.written_reverts IS 'Each revert and what its message names. A pull request of the same repository goes by its number alone, one of a repository that was renamed since by the name of today';
