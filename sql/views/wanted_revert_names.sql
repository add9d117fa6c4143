-- Definition of what each revert names.
CREATE OR REPLACE VIEW jirasync.wanted_revert_names AS
SELECT DISTINCT c.tenant, c.source, c.repository, c.sha, lower(named.sha) AS named
FROM jirasync.commits c
CROSS JOIN LATERAL unnest(c.reverts) named (sha)
WHERE c.reverts IS NOT NULL AND length(named.sha) >= 7;
COMMENT ON VIEW jirasync.wanted_revert_names IS 'What revert_names is to be';
