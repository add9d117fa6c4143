-- Does a version's list of stories match what the code holds?
CREATE OR REPLACE FUNCTION jirasync.release_audit(
    fix_version text, source text, repository text, from_ref text, to_ref text, tenant text DEFAULT 'main',
    project text DEFAULT NULL)
RETURNS TABLE (finding text, issue_key text, sha text, summary text, fix_versions text[], landed_at timestamptz)
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
    v_shas        text[];
BEGIN
    PERFORM jirasync.known_version(v_tenant, v_version);
    v_shas := ARRAY(SELECT c.sha FROM jirasync.commits_between(v_source, v_repository, from_ref, to_ref, v_tenant) c
                    ORDER BY c.place);
    RETURN QUERY
        WITH story AS MATERIALIZED (
            SELECT s.* FROM jirasync.stories_of_version(v_tenant, v_version) s
            WHERE v_project IS NULL OR starts_with(s.issue_key, v_project || '-')
        ), work AS MATERIALIZED (
            SELECT w.* FROM jirasync.work_in_range(v_tenant, v_source, v_repository, v_shas) w
        ), claimed AS (
            -- Of a sub-task and its parent the one that is in the version, the parent before.
            SELECT w.place, w.story_source, w.story_id, w.story_id AS issue_id, 1 AS rank FROM work w
            UNION ALL
            SELECT w.place, w.story_source, w.story_id, w.issue_id, 2 FROM work w WHERE w.issue_id <> w.story_id
        ), owned AS MATERIALIZED (
            SELECT DISTINCT ON (c.place, c.story_source, c.story_id) c.place, c.story_source, c.story_id, s.*
            FROM claimed c
            JOIN story s ON s.source = c.story_source AND s.issue_id = c.issue_id
            ORDER BY c.place, c.story_source, c.story_id, c.rank, s.added_at
        ), named AS (
            SELECT DISTINCT ON (w.place, w.story_source, w.story_id)
                   w.sha, w.place, w.landed_at, w.issue_key, w.summary, w.fix_versions, o.issue_key AS version_key,
                   o.summary AS version_summary, o.fix_versions AS version_versions, o.freeze_at, o.added_at
            FROM work w
            LEFT JOIN owned o ON o.place = w.place AND o.story_source = w.story_source AND o.story_id = w.story_id
            WHERE w.story_id IS NOT NULL
            ORDER BY w.place, w.story_source, w.story_id
        ), found AS (
            SELECT CASE WHEN n.version_key IS NULL THEN 'only_in_code'
                        WHEN greatest(n.landed_at, n.added_at) > n.freeze_at THEN 'after_freeze'
                        ELSE 'in_both' END AS finding,
                   coalesce(n.version_key, n.issue_key) AS issue_key, n.sha,
                   coalesce(n.version_summary, n.summary) AS summary,
                   coalesce(n.version_versions, n.fix_versions) AS fix_versions, n.landed_at, n.place
            FROM named n
            UNION ALL
            SELECT 'no_key', NULL, w.sha, w.summary, NULL, w.landed_at, w.place FROM work w WHERE w.story_id IS NULL
            UNION ALL
            SELECT 'only_in_version', s.issue_key, NULL, s.summary, s.fix_versions, s.first_landed_at, NULL
            FROM story s
            WHERE s.state <> 'not_expected'
              AND NOT EXISTS (SELECT FROM claimed c WHERE c.story_source = s.source AND c.issue_id = s.issue_id)
        )
        SELECT f.finding, f.issue_key, f.sha, f.summary, f.fix_versions, f.landed_at
        FROM found f
        ORDER BY array_position('{in_both,after_freeze,only_in_version,only_in_code,no_key}'::text[], f.finding),
                 jirasync.version_sort_key(f.issue_key) COLLATE "C", f.place;
END
$$;
COMMENT ON FUNCTION jirasync.release_audit IS 'Compares the stories of a fix version (of a project, or where none is given of whatever project and site has one of that name) with the commits that to_ref holds and from_ref does not. finding: in_both; after_freeze (in both, but put into the version or landed after its freeze_at); only_in_version (no commit of the range is the story''s; landed_at says whether another is); only_in_code (the commit''s story is in other versions or none); no_key (no story at all). A sub-task stands for its parent; merges, what was taken back within the range and its reverts, and reverts that name an issue are no work';
