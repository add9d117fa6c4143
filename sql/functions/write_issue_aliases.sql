-- Keys by which issues are known since their project has borne several.
CREATE OR REPLACE FUNCTION jirasync.write_issue_aliases(
    p_tenant text, p_sources text[], p_ids bigint[], p_project_sources text[], p_project_ids bigint[],
    OUT changed integer, OUT sources text[], OUT issue_ids bigint[])
LANGUAGE plpgsql AS $$
DECLARE
    v_added  record;
BEGIN
    changed := 0;
    sources := '{}';
    issue_ids := '{}';
    -- Once as a rule; again where a key that was added is one of another project too.
    LOOP
        SELECT * INTO v_added
        FROM jirasync.add_issue_aliases(p_tenant, p_sources, p_ids, p_project_sources, p_project_ids);
        EXIT WHEN v_added.changed = 0;
        changed := changed + v_added.changed;
        sources := sources || v_added.sources;
        issue_ids := issue_ids || v_added.issue_ids;
        p_sources := v_added.sources;
        p_ids := v_added.issue_ids;
        p_project_sources := '{}';
        p_project_ids := '{}';
    END LOOP;
END
$$;
COMMENT ON FUNCTION jirasync.write_issue_aliases IS 'Add the keys that the given issues, or all of the given projects (p_ids NULL: all there are), bear by their projects'' other keys; says how many and of which issues';
