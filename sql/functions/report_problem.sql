-- What is wrong with the arguments of a report.

CREATE OR REPLACE FUNCTION jirasync.report_problem(
    p_tenant text, p_project text, p_fix_version text, p_ranges jsonb, p_since_run text)
RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_problem  text;
BEGIN
    IF p_tenant <> 'main' AND NOT EXISTS (SELECT FROM jirasync.sources s WHERE s.tenant = p_tenant) THEN
        RETURN format('no source belongs to a tenant %L%s', p_tenant, '; there are: ' || (
            SELECT string_agg(DISTINCT s.tenant, ', ' ORDER BY s.tenant) FROM jirasync.sources s));
    END IF;
    IF p_project IS NOT NULL AND NOT EXISTS (
        SELECT FROM jirasync.projects p WHERE p.tenant = p_tenant AND p.project_key = p_project AND p.deleted_at IS NULL) THEN
        RETURN format('no project has the key %L%s', p_project, '; near ones: ' || jirasync.near_names(p_project, ARRAY(
            SELECT p.project_key FROM jirasync.projects p WHERE p.tenant = p_tenant AND p.deleted_at IS NULL)));
    END IF;
    IF p_fix_version IS NOT NULL AND NOT EXISTS (
        SELECT FROM jirasync.versions v
         WHERE v.tenant = p_tenant AND v.name = p_fix_version AND v.deleted_at IS NULL AND v.merged_into IS NULL
           AND (p_project IS NULL OR v.project_key = p_project)
           AND NOT EXISTS (SELECT FROM jirasync.projects p
                           WHERE p.tenant = p_tenant AND p.source = v.source AND p.project_id = v.project_id
                             AND p.deleted_at IS NOT NULL)) THEN
        RETURN format('no version is named %L%s%s', p_fix_version, ' in project ' || p_project,
            '; near ones: ' || jirasync.near_names(p_fix_version, ARRAY(
                SELECT v.name FROM jirasync.versions v
                 WHERE v.tenant = p_tenant AND v.deleted_at IS NULL AND v.merged_into IS NULL
                   AND (p_project IS NULL OR v.project_key = p_project))));
    END IF;
    IF p_since_run IS NOT NULL AND NOT EXISTS (
        SELECT FROM jirasync.runs r
         WHERE r.tenant = p_tenant AND r.run_id = p_since_run AND r.finished_at IS NOT NULL) THEN
        RETURN format('%L is neither an instant nor a finished run', p_since_run);
    END IF;
    SELECT CASE WHEN f.found IS NULL
                THEN format('no repository is named %L%s', r.range ->> 'repository', '; near ones: ' || jirasync.near_names(
                         r.range ->> 'repository', ARRAY(
                             SELECT d.repository FROM jirasync.repositories d WHERE d.tenant = p_tenant)))
                ELSE format('several sources have a repository %L: say which, %s', r.range ->> 'repository',
                            array_to_string(f.found, ' or ')) END
      INTO v_problem
      FROM jsonb_array_elements(p_ranges) WITH ORDINALITY AS r (range, place)
     CROSS JOIN LATERAL (
           SELECT array_agg(d.source || '/' || d.repository ORDER BY d.source) AS found
             FROM jirasync.repositories d
            WHERE d.tenant = p_tenant
              AND r.range ->> 'repository' IN (d.repository, d.source || '/' || d.repository)) f
     WHERE cardinality(f.found) IS DISTINCT FROM 1
     ORDER BY r.place
     LIMIT 1;
    RETURN v_problem;
END
$$;
COMMENT ON FUNCTION jirasync.report_problem(text, text, text, jsonb, text) IS
    'Why there can be no report of these arguments, with names that are near to an unknown one; NULL when there can';
