-- Names the commits that reverts take back by the number of a pull request of which no webhook has told.
CREATE OR REPLACE FUNCTION jirasync.import_name_requests(p_tenant text, p_source text, p_repository text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMP TABLE import_requests ON COMMIT DROP AS
    SELECT n.sha, r.request[2]::bigint AS number
    FROM pg_temp.import_commits n
    CROSS JOIN LATERAL unnest(n.reverts) u (name)
    CROSS JOIN LATERAL regexp_match(u.name, '^([^#!]*)[#!]([1-9][0-9]{0,17})$') r (request)
    WHERE n.reverts IS NOT NULL AND r.request IS NOT NULL AND lower(r.request[1]) IN ('', lower(p_repository))
      AND NOT EXISTS (
          SELECT FROM jirasync.pull_requests q
          WHERE q.tenant = p_tenant AND q.source = p_source AND q.repository = p_repository
            AND q.number = r.request[2]::bigint AND q.merge_sha IS NOT NULL);
    IF NOT EXISTS (SELECT FROM pg_temp.import_requests) THEN
        RETURN;
    END IF;
    ANALYZE pg_temp.import_requests;
    -- The hosts' own words: "Merge pull request #1 from x", "title (#1)", "Merged in x (pull request #1)", and GitLab's
    -- "See merge request g/p!1" below.
    UPDATE pg_temp.import_commits n SET reverts = n.reverts || f.shas
    FROM (SELECT r.sha, array_agg(DISTINCT m.sha ORDER BY m.sha) AS shas
          FROM pg_temp.import_requests r
          JOIN (SELECT k.sha, coalesce(s.request[1], s.request[2], g.request[1])::bigint AS number
                FROM (SELECT o.sha, o.message FROM pg_temp.import_commits o
                      UNION
                      SELECT c.sha, c.message FROM jirasync.commits c
                      WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository) k
                CROSS JOIN LATERAL regexp_match(
                    split_part(k.message, E'\n', 1),
                    '^Merge pull request #([1-9][0-9]{0,17}) |\((?:pull request )?#([1-9][0-9]{0,17})\)\s*$') s (request)
                CROSS JOIN LATERAL regexp_match(k.message, '\nSee merge request [^\s!]*!([1-9][0-9]{0,17})\s*$') g (request)
                WHERE s.request IS NOT NULL OR g.request IS NOT NULL) m ON m.number = r.number AND m.sha <> r.sha
          GROUP BY r.sha) f
    WHERE n.sha = f.sha;
END
$$;
COMMENT ON FUNCTION jirasync.import_name_requests IS 'Part of import_commits: a revert that names a pull request ("Reverts org/app#12") names the commits, too, that say to be its merge or squash commit, where no webhook told which those are';
