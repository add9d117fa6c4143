-- Which tags hold a commit as taken back?
CREATE OR REPLACE FUNCTION jirasync.taken_back_in_tags(
    p_tenant text, p_source text, p_repository text, p_shas text[])
RETURNS TABLE (sha text, tag text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off SET enable_mergejoin = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    v_tied       record;
    v_shas       text[];
    v_tags       text[];
    v_positions  integer[];
BEGIN
    v_tied := jirasync.reverts_tied_to(p_tenant, p_source, p_repository, p_shas);
    IF v_tied.reverts IS NULL THEN
        RETURN;
    END IF;
    WITH RECURSIVE line (tag, ref, "limit") AS (
        SELECT r.ref, r.ref, 2147483647 FROM jirasync.refs r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.kind = 'tag'
          AND r.deleted_at IS NULL
        UNION
        SELECT l.tag, r.parent_ref, least(l."limit", r.fork_position)
        FROM line l
        JOIN jirasync.refs r
          ON r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.ref = l.ref
         AND r.parent_ref IS NOT NULL
    ), place AS MATERIALIZED (
        SELECT u.sha, o.ref, o.position
        FROM (SELECT unnest(v_tied.reverts) UNION SELECT unnest(v_tied.targets)) u (sha)
        CROSS JOIN LATERAL (
            SELECT n.ref, n.position FROM jirasync.commit_refs n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = u.sha
            OFFSET 0) o
    )
    SELECT array_agg(p.sha), array_agg(l.tag), array_agg(p.position)
    INTO v_shas, v_tags, v_positions
    FROM place p
    JOIN line l ON l.ref = p.ref AND l."limit" >= p.position;
    RETURN QUERY
        SELECT DISTINCT t.target, t.holder
        FROM jirasync.taken_back(p_tenant, p_source, p_repository, v_tied.reverts, v_tied.targets,
                                 v_shas, v_tags, v_positions) t;
END
$$;
COMMENT ON FUNCTION jirasync.taken_back_in_tags IS 'Each of the commits, and of others that reverts tie to them, that a tag holds together with a revert of it that holds there';
