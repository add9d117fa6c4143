-- Lets the history of versions follow their names.
CREATE OR REPLACE FUNCTION jirasync.rename_run_coverage(
    p_tenant text, p_sources text[], p_old_projects text[], p_old_names text[], p_new_projects text[], p_new_names text[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Taken out first and then put back, since two versions may have changed names with one another.
    WITH taken AS MATERIALIZED (
        DELETE FROM jirasync.run_coverage c
        USING unnest(p_sources, p_old_projects, p_old_names, p_new_projects, p_new_names)
              n (source, old_project, old_name, new_project, new_name)
        WHERE c.tenant = p_tenant AND c.source = n.source AND c.project_key = coalesce(n.old_project, '')
          AND c.fix_version = n.old_name
        RETURNING c.run_id, c.source, coalesce(n.new_project, '') AS project_key, n.new_name AS fix_version, c.at, c.stories,
                  c.with_commits, c.without_commits, c.unmerged, c.reverted, c.not_expected
    )
    INSERT INTO jirasync.run_coverage (tenant, run_id, source, project_key, fix_version, at, stories, with_commits,
                                       without_commits, unmerged, reverted, not_expected)
    SELECT p_tenant, t.run_id, t.source, t.project_key, t.fix_version, t.at, t.stories, t.with_commits, t.without_commits,
           t.unmerged, t.reverted, t.not_expected
    FROM taken t
    ORDER BY t.run_id, t.source, t.project_key, t.fix_version
    ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION jirasync.rename_run_coverage IS 'Part of write_versions: brings rows of run_coverage under the names that versions and their projects bear now. What a run told of another version of that name stays as it is';
