-- The touched issues: names, scope, and what else shows a changed name.
CREATE OR REPLACE FUNCTION jirasync.correlate_issues(
    p_tenant text, p_sources text[], p_ids bigint[],
    OUT sources text[], OUT issue_ids bigint[], OUT changed integer)
LANGUAGE plpgsql AS $$
DECLARE
    v_projects  record;
    v_versions  record;
    v_more      record;
BEGIN
    SELECT * INTO v_projects FROM jirasync.write_projects(p_tenant, p_sources, p_ids);
    SELECT * INTO v_versions FROM jirasync.write_versions(
        p_tenant, p_sources, p_ids, v_projects.renamed_sources, v_projects.renamed_ids);
    SELECT * INTO v_more FROM jirasync.issues_renamed_by(
        p_tenant, p_sources, p_ids, v_projects.renamed_sources, v_projects.renamed_ids,
        v_versions.renamed_sources, v_versions.renamed_ids);
    sources := p_sources || v_more.sources;
    issue_ids := p_ids || v_more.issue_ids;
    changed := v_projects.changed + v_versions.changed
        + jirasync.write_issue_names(p_tenant, sources, issue_ids)
        + jirasync.write_fix_versions(p_tenant, sources, issue_ids);
END
$$;
COMMENT ON FUNCTION jirasync.correlate_issues IS 'Bring names and scope up to date around the given issues; gives back the issues with those added that show a changed name';
