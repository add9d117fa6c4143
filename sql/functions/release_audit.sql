-- Does a version's list of stories match what the code holds?
CREATE OR REPLACE FUNCTION jirasync.release_audit(
    fix_version text, source text, repository text, from_ref text, to_ref text, tenant text DEFAULT 'main',
    project text DEFAULT NULL)
RETURNS TABLE (finding text, issue_key text, sha text, summary text, fix_versions text[], landed_at timestamptz,
               note text, story_source text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    v_tenant      text := release_audit.tenant;
    v_source      text := release_audit.source;
    v_repository  text := release_audit.repository;
    v_version     text := release_audit.fix_version;
    v_project     text := release_audit.project;
BEGIN
    PERFORM jirasync.known_version(v_tenant, v_version);
    RETURN QUERY
        WITH story AS MATERIALIZED (
            SELECT s.* FROM jirasync.stories_of_version(v_tenant, v_version) s
        ), work AS MATERIALIZED (
            SELECT w.* FROM jirasync.work_in_range(v_tenant, v_source, v_repository, from_ref, to_ref) w
        ), claimed AS (
            -- Of a sub-task and its parent the one that is in the version, the parent before.
            SELECT w.place, w.story_source, w.story_id, w.story_id AS issue_id, w.is_gone, 1 AS rank FROM work w
            UNION ALL
            SELECT w.place, w.story_source, w.story_id, w.issue_id, w.is_gone, 2 FROM work w WHERE w.issue_id <> w.story_id
        ), owned AS MATERIALIZED (
            SELECT DISTINCT ON (c.place, c.story_source, c.story_id) c.place, c.story_source, c.story_id, s.*
            FROM claimed c
            JOIN story s ON s.source = c.story_source AND s.issue_id = c.issue_id
            ORDER BY c.place, c.story_source, c.story_id, s.project_key IS DISTINCT FROM v_project, c.rank, s.added_at
        ), named AS (
            SELECT DISTINCT ON (w.place, w.story_source, w.story_id)
                   w.sha, w.place, w.landed_at, w.story_source, w.issue_key, w.summary, w.fix_versions, w.is_gone, w.note,
                   o.issue_key AS version_key, o.summary AS version_summary, o.fix_versions AS version_versions,
                   o.project_key, o.freeze_at, o.added_at
            FROM work w
            LEFT JOIN owned o ON o.place = w.place AND o.story_source = w.story_source AND o.story_id = w.story_id
            WHERE w.story_id IS NOT NULL
            ORDER BY w.place, w.story_source, w.story_id
        ), found AS (
            SELECT CASE WHEN n.is_gone THEN 'taken_back'
                        WHEN n.version_key IS NULL THEN 'only_in_code'
                        WHEN greatest(n.landed_at, n.added_at) > n.freeze_at THEN 'after_freeze'
                        ELSE 'in_both' END AS finding,
                   coalesce(n.version_key, n.issue_key) AS issue_key, n.sha,
                   coalesce(n.version_summary, n.summary) AS summary,
                   coalesce(n.version_versions, n.fix_versions) AS fix_versions, n.landed_at, n.place, n.note,
                   n.story_source
            FROM named n
            -- what is in the version of that name of another project is none of the version asked for, nor out of place
            WHERE v_project IS NULL OR n.version_key IS NULL OR n.project_key = v_project
            UNION ALL
            SELECT 'no_key', NULL, w.sha, w.summary, NULL, w.landed_at, w.place, NULL, NULL FROM work w WHERE w.story_id IS NULL
            UNION ALL
            SELECT 'only_in_version', s.issue_key, NULL, s.summary, s.fix_versions, s.first_landed_at, NULL,
                   CASE s.state WHEN 'reverted' THEN 'taken back' END, s.source
            FROM story s
            WHERE s.state <> 'not_expected' AND (v_project IS NULL OR s.project_key = v_project)
              AND NOT EXISTS (SELECT FROM claimed c
                              WHERE c.story_source = s.source AND c.issue_id = s.issue_id AND NOT c.is_gone)
        )
        SELECT f.finding, f.issue_key, f.sha, f.summary, f.fix_versions, f.landed_at, f.note, f.story_source
        FROM found f
        ORDER BY array_position('{in_both,after_freeze,taken_back,only_in_version,only_in_code,no_key}'::text[], f.finding),
                 jirasync.version_sort_key(f.issue_key) COLLATE "C", f.place;
END
$$;
COMMENT ON FUNCTION jirasync.release_audit IS 'Compares the stories of a fix version (of a project, or where none is given of whatever project and site has one of that name) with the work that to_ref holds and from_ref does not, or holds as taken back. finding: in_both; after_freeze (in both, but put into the version or landed after its freeze_at); taken_back (from_ref holds it, and to_ref has taken it back); only_in_version (no work of the range is the story''s; landed_at says whether another is, note whether that was taken back); only_in_code (the commit''s story is in other versions or none); no_key (no story at all). note says by what the work was taken or given back, landed_at then when. Several sites may have an issue of one key: story_source says which. A story in another project''s version of the name is left out where a project is given. A sub-task stands for its parent; merges, what was taken back within the range and its reverts, and reverts that name an issue are no work';
