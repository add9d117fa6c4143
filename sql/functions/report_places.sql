-- Which branches hold each linked commit, and the first tag that does.

CREATE OR REPLACE FUNCTION jirasync.report_places(p_tenant text, p_project text DEFAULT NULL, p_fix_version text DEFAULT NULL)
RETURNS TABLE (source text, repository text, sha text, branches text[], first_tag text, first_tag_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET plan_cache_mode = force_custom_plan SET jit = off SET work_mem = '64MB'
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        WITH RECURSIVE holds AS (
            -- ref's rows up to a position are on holder too: its own, those of a branch cut from it, and of one cut from that
            SELECT r.source, r.repository, r.ref, 2147483647 AS upto, r.ref AS holder, r.kind, r.counted, r.deleted_at, r.sha
              FROM jirasync.refs r
             WHERE r.tenant = p_tenant
             UNION ALL
            SELECT h.source, h.repository, h.ref, CASE WHEN h.holder = h.ref THEN c.fork_position ELSE h.upto END,
                   c.ref, c.kind, c.counted, c.deleted_at, c.sha
              FROM holds h
              JOIN jirasync.refs c
                ON c.tenant = p_tenant AND c.source = h.source AND c.repository = h.repository AND c.parent_ref = h.holder
               AND c.ref <> h.ref
        ) CYCLE holder SET is_cycle USING path,
        tag AS MATERIALIZED (
            SELECT h.source, h.repository, h.ref, h.upto, h.holder, coalesce(c.committed_at, c.landed_at) AS at,
                   jirasync.version_sort_key(h.holder) COLLATE "C" AS sort_key
              FROM holds h
              LEFT JOIN jirasync.commits c
                ON c.tenant = p_tenant AND c.source = h.source AND c.repository = h.repository AND c.sha = h.sha
             WHERE h.kind = 'tag' AND h.deleted_at IS NULL AND NOT h.is_cycle
        ), story AS MATERIALIZED (
            SELECT f.source, f.issue_id
              FROM jirasync.versions v
              JOIN jirasync.issue_fix_versions f
                ON f.tenant = p_tenant AND f.source = v.source AND f.version_id = v.version_id AND f.removed_at IS NULL
             WHERE v.tenant = p_tenant AND (p_project IS NOT NULL OR p_fix_version IS NOT NULL)
               AND (p_project IS NULL OR v.project_key = p_project) AND (p_fix_version IS NULL OR v.name = p_fix_version)
        ), linked AS MATERIALIZED (
            SELECT DISTINCT l.commit_source, l.repository, l.sha
              FROM jirasync.issue_commits l
             WHERE l.tenant = p_tenant AND p_project IS NULL AND p_fix_version IS NULL
             UNION
            SELECT l.commit_source, l.repository, l.sha
              FROM (SELECT s.source, s.issue_id FROM story s
                     UNION
                    SELECT i.source, i.issue_id
                      FROM story s
                      JOIN jirasync.issues i
                        ON i.tenant = p_tenant AND i.source = s.source AND i.parent_id = s.issue_id AND i.hierarchy_level < 0) o
              JOIN jirasync.issue_commits l ON l.tenant = p_tenant AND l.source = o.source AND l.issue_id = o.issue_id
        ), located AS MATERIALIZED (
            SELECT p.source, p.repository, p.sha, p.ref, p.position
              FROM linked l
              JOIN jirasync.commit_refs p
                ON p.tenant = p_tenant AND p.source = l.commit_source AND p.repository = l.repository AND p.sha = l.sha
        ), held AS (
            SELECT a.source, a.repository, a.sha,
                   coalesce(array_agg(DISTINCT h.holder ORDER BY h.holder) FILTER (WHERE h.counted),
                            array_agg(DISTINCT h.holder ORDER BY h.holder) FILTER (WHERE h.holder = h.ref)) AS branches
              FROM located a
              JOIN holds h
                ON h.source = a.source AND h.repository = a.repository AND h.ref = a.ref AND a.position <= h.upto
             WHERE h.kind = 'branch' AND h.deleted_at IS NULL AND NOT h.is_cycle
             GROUP BY a.source, a.repository, a.sha
        ), taken AS MATERIALIZED (
            SELECT r.source, r.repository, t.sha, t.tag
              FROM (SELECT l.commit_source AS source, l.repository, array_agg(l.sha) AS shas
                      FROM linked l
                     GROUP BY l.commit_source, l.repository) r
             CROSS JOIN LATERAL jirasync.taken_back_in_tags(p_tenant, r.source, r.repository, r.shas) t
        ), tagged AS (
            SELECT DISTINCT ON (a.source, a.repository, a.sha) a.source, a.repository, a.sha, t.holder, t.at
              FROM located a
              JOIN tag t
                ON t.source = a.source AND t.repository = a.repository AND t.ref = a.ref AND a.position <= t.upto
             -- (NOT IN is looked up in a hash, however many are expected)
             WHERE (a.source, a.repository, a.sha, t.holder) NOT IN (SELECT k.source, k.repository, k.sha, k.tag FROM taken k)
             ORDER BY a.source, a.repository, a.sha, t.at, t.sort_key, t.holder
        )
        SELECT source, repository, sha, h.branches, t.holder, t.at
          FROM held h
          FULL JOIN tagged t USING (source, repository, sha);
END
$$;
COMMENT ON FUNCTION jirasync.report_places(text, text, text) IS
    'Part of report(): of each commit that is linked to an issue the counted branches that hold it (else the others where it is new), and the first tag, as first_tag() has it; of all at once, or of those of the stories of some versions';
