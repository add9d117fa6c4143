-- All refs of a repository that a webhook tells of, and what follows from them, compared with their definitions.
CREATE OR REPLACE FUNCTION jirasync.rebuild_refs(
    p_tenant text, p_source text, p_repository text, OUT changed integer)
LANGUAGE plpgsql AS $$
BEGIN
    changed := 0;
    IF jirasync.is_told_of(p_tenant, p_source, p_repository) THEN
        changed := (SELECT w.changed FROM jirasync.write_refs(p_tenant, p_source, p_repository, NULL, '{}') w)
            + (SELECT w.changed FROM jirasync.write_ref_limits(p_tenant, p_source, p_repository) w)
            + (SELECT w.changed FROM jirasync.write_landing(p_tenant, p_source, p_repository, NULL) w)
            + (SELECT w.changed FROM jirasync.write_evidence(p_tenant, p_source, p_repository, NULL) w);
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.rebuild_refs IS 'Write the difference between refs, commit_refs, the landing of commits and their keys by branch, merge and pull request, and their definitions, for a whole repository; returns rows changed';
