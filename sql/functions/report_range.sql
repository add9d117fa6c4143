-- What the commits of one range are, against a version or by themselves, for a report.

CREATE OR REPLACE FUNCTION jirasync.report_range(
    p_tenant text, p_project text, p_fix_version text, p_source text, p_repository text, p_from text, p_to text)
RETURNS TABLE (finding text, issue_key text, sha text, summary text, fix_versions text[], landed_at timestamptz, note text, story_source text,
              place bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET jit = off
AS $$
BEGIN
    IF p_fix_version IS NOT NULL THEN
        RETURN QUERY
            SELECT a.finding, a.issue_key, a.sha, a.summary, a.fix_versions, a.landed_at, a.note, a.story_source, a.place
              FROM jirasync.release_audit(p_fix_version, p_source, p_repository, p_from, p_to, p_tenant, p_project)
                   WITH ORDINALITY AS a (finding, issue_key, sha, summary, fix_versions, landed_at, note, story_source, place);
        RETURN;
    END IF;
    RETURN QUERY
        SELECT CASE WHEN w.story_id IS NULL THEN 'no_key' WHEN w.is_gone THEN 'taken_back'
                    WHEN cardinality(w.fix_versions) > 0 THEN 'in_version' ELSE 'no_version' END,
               w.issue_key, w.sha, w.summary, w.fix_versions, w.landed_at, w.note, w.story_source, w.place
          FROM (SELECT DISTINCT ON (n.place, n.story_source, n.story_id) n.*
                  FROM jirasync.work_in_range(p_tenant, p_source, p_repository, p_from, p_to) n
                 ORDER BY n.place, n.story_source, n.story_id) w;
END
$$;
COMMENT ON FUNCTION jirasync.report_range(text, text, text, text, text, text, text) IS
    'Part of report(): release_audit() of a version (of one project where it is given) and a range; without a version each commit of the range with its stories, finding in_version, no_version, taken_back or no_key';
