-- The touched issues: keys, names, scope, and what else shows what has changed.
CREATE OR REPLACE FUNCTION jirasync.correlate_issues(
    p_tenant text, p_sources text[], p_ids bigint[], p_version_sources text[], p_version_ids bigint[],
    p_project_sources text[], p_project_ids bigint[],
    OUT sources text[], OUT issue_ids bigint[], OUT changed integer)
LANGUAGE plpgsql AS $$
DECLARE
    v_projects  record;
    v_versions  record;
    v_aliases   record;
    v_more      record;
BEGIN
    SELECT * INTO v_projects FROM jirasync.write_projects(p_tenant, p_sources, p_ids, p_project_sources, p_project_ids);
    SELECT * INTO v_versions FROM jirasync.write_versions(
        p_tenant, p_sources, p_ids, p_version_sources, p_version_ids, v_projects.changed_sources, v_projects.changed_ids);
    SELECT * INTO v_aliases FROM jirasync.write_issue_aliases(
        p_tenant, p_sources, p_ids, v_projects.changed_sources, v_projects.changed_ids);
    sources := p_sources || v_aliases.sources;
    issue_ids := p_ids || v_aliases.issue_ids;
    SELECT * INTO v_more FROM jirasync.issues_changed_by(
        p_tenant, v_projects.changed_sources, v_projects.changed_ids, v_versions.changed_sources, v_versions.changed_ids);
    sources := sources || v_more.sources;
    issue_ids := issue_ids || v_more.issue_ids;
    SELECT * INTO v_more FROM jirasync.children_renamed_by(p_tenant, sources, issue_ids);
    SELECT array_agg(t.source), array_agg(t.issue_id) INTO sources, issue_ids
    FROM (SELECT * FROM unnest(sources, issue_ids)
          UNION
          SELECT * FROM unnest(v_more.sources, v_more.issue_ids)) t (source, issue_id);
    sources := coalesce(sources, '{}');
    issue_ids := coalesce(issue_ids, '{}');
    changed := v_projects.changed + v_versions.changed + v_aliases.changed
        + jirasync.write_issue_names(p_tenant, sources, issue_ids)
        + jirasync.write_fix_versions(p_tenant, sources, issue_ids);
END
$$;
COMMENT ON FUNCTION jirasync.correlate_issues IS 'Bring keys, names and scope up to date around the given issues, versions and projects; gives back the issues with those added that show what has changed';
