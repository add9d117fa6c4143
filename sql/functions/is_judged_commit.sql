-- Is a commit without an issue to be shown as one?
CREATE OR REPLACE FUNCTION jirasync.is_judged_commit(
    p_tenant text, p_source text, p_repository text, p_sha text, p_author text, p_author_email text, p_message text)
RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off AS $$
BEGIN
    RETURN NOT EXISTS (
            SELECT FROM jirasync.commit_waivers w
            WHERE w.tenant = p_tenant AND w.source = p_source AND w.repository = p_repository AND w.sha = p_sha
              AND (w.expires_at IS NULL OR w.expires_at > now()))
        AND NOT EXISTS (
            SELECT FROM jirasync.coverage_rules r
            WHERE r.tenant IN (p_tenant, '*') AND r.source IN ('', p_source) AND r.project_key = ''
              AND CASE r.subject
                  WHEN 'author' THEN lower(p_author) LIKE r.like_pattern OR lower(p_author_email) LIKE r.like_pattern
                  WHEN 'message' THEN lower(p_message) LIKE r.like_pattern
                  ELSE false END IS TRUE);
END
$$;
COMMENT ON FUNCTION jirasync.is_judged_commit IS 'False for a commit that is waived or that a rule leaves unjudged, as commits_without_story has it';
