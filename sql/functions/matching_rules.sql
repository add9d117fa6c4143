-- The coverage rules that an issue matches.
CREATE OR REPLACE FUNCTION jirasync.matching_rules(p_tenant text, p_source text, p_issue_id bigint)
RETURNS SETOF jirasync.coverage_rules LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off AS $$
BEGIN
    RETURN QUERY
        SELECT r.*
        FROM jirasync.issues i
        JOIN jirasync.coverage_rules r
          ON r.tenant IN (i.tenant, '*') AND (r.source = '' OR r.source = i.source)
         AND (r.project_key = '' OR r.project_key = i.project_key)
         AND CASE r.subject
             WHEN 'resolution' THEN lower(i.resolution) LIKE r.like_pattern
             WHEN 'issue_type' THEN lower(i.issue_type) LIKE r.like_pattern
             WHEN 'label' THEN EXISTS (SELECT FROM unnest(i.labels) l (label) WHERE lower(l.label) LIKE r.like_pattern)
             WHEN 'component' THEN EXISTS (
                 SELECT FROM unnest(i.components) c (component) WHERE lower(c.component) LIKE r.like_pattern)
             ELSE false END
        WHERE i.tenant = p_tenant AND i.source = p_source AND i.issue_id = p_issue_id;
END
$$;
COMMENT ON FUNCTION jirasync.matching_rules IS 'The rows of coverage_rules that match an issue, as issue_coverage reads them';
