-- What came with a range of commits, and what went: the work, its issues and the stories that these stand for.
CREATE OR REPLACE FUNCTION jirasync.work_in_range(p_tenant text, p_source text, p_repository text, p_from text, p_to text)
RETURNS TABLE (place bigint, sha text, landed_at timestamptz, story_source text, story_id bigint, issue_id bigint,
               issue_key text, summary text, fix_versions text[], is_gone boolean, note text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    v_ends     record;
    v_turned   record;
    v_brought  text[];
    v_dropped  text[] := '{}';
BEGIN
    v_ends := jirasync.range_ends(p_tenant, p_source, p_repository, p_from, p_to);
    v_brought := ARRAY(
        SELECT b.sha FROM jirasync.places_between(
            p_tenant, p_source, p_repository, v_ends.from_refs, v_ends.from_limits, v_ends.from_walked,
            v_ends.to_refs, v_ends.to_limits, v_ends.to_walked) b
        ORDER BY b.place);
    -- What both ends hold can differ between them by reverts that one of them lacks, or by picks.
    IF EXISTS (SELECT FROM jirasync.revert_names n
               WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository) THEN
        v_dropped := ARRAY(
            SELECT b.sha FROM jirasync.places_between(
                p_tenant, p_source, p_repository, v_ends.to_refs, v_ends.to_limits, v_ends.to_walked,
                v_ends.from_refs, v_ends.from_limits, v_ends.from_walked) b
            WHERE EXISTS (SELECT FROM jirasync.revert_names n
                          WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = b.sha)
               OR EXISTS (SELECT FROM jirasync.commits_of_work(p_tenant, p_source, p_repository, b.sha)));
    END IF;
    SELECT * INTO v_turned FROM jirasync.turned_in_range(
        p_tenant, p_source, p_repository, v_ends.from_refs, v_ends.from_limits, v_ends.from_walked,
        v_ends.to_refs, v_ends.to_limits, v_ends.to_walked, v_brought, v_dropped);
    RETURN QUERY
        WITH told AS (
            SELECT u.sha, u.place, false AS is_turned, false AS is_gone, NULL AS turner
            FROM unnest(v_brought) WITH ORDINALITY u (sha, place)
            UNION ALL
            -- (it stands where what turned it does)
            SELECT t.sha, coalesce(array_position(v_brought, t.turner), 0), true, t.is_gone, t.turner
            FROM unnest(v_turned.shas, v_turned.turners, v_turned.are_gone) t (sha, turner, is_gone)
        ), ranged AS MATERIALIZED (
            SELECT t.sha, row_number() OVER (ORDER BY t.place, t.is_turned, t.sha) AS place, t.is_turned, t.is_gone,
                   c.message, c.author, c.author_email,
                   coalesce(r.landed_at, r.committed_at, c.landed_at, c.committed_at) AS landed_at,
                   coalesce(cardinality(c.parents) > 1, c.is_merge_named) AS is_merge,
                   CASE WHEN t.is_gone THEN 'taken back by ' || left(t.turner, 12)
                        WHEN t.turner IS NOT NULL THEN 'given back by ' || left(t.turner, 12)
                        WHEN t.is_turned THEN format('taken back in %s alone', p_from) END AS note
            FROM told t
            CROSS JOIN LATERAL (
                SELECT * FROM jirasync.commits n
                WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = t.sha
                OFFSET 0) c
            LEFT JOIN LATERAL (
                SELECT n.landed_at, n.committed_at FROM jirasync.commits n
                WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository AND n.sha = t.turner
                OFFSET 0) r ON true
        ), linked AS MATERIALIZED (
            SELECT DISTINCT r.place, r.sha, r.landed_at, r.is_merge, r.is_gone, r.note, l.source, l.issue_id, l.is_revert
            FROM ranged r
            CROSS JOIN LATERAL (
                SELECT * FROM jirasync.issue_commits n
                WHERE n.tenant = p_tenant AND n.commit_source = p_source AND n.repository = p_repository AND n.sha = r.sha
                OFFSET 0) l
        )
        SELECT l.place, l.sha, l.landed_at, i.source, coalesce(parent.issue_id, i.issue_id), i.issue_id,
               coalesce(parent.issue_key, i.issue_key), coalesce(parent.summary, i.summary),
               coalesce(nullif(parent.fix_versions, '{}'), i.fix_versions), l.is_gone, l.note
        FROM linked l
        JOIN jirasync.issues i ON i.tenant = p_tenant AND i.source = l.source AND i.issue_id = l.issue_id
        LEFT JOIN jirasync.issues parent
          ON i.hierarchy_level < 0 AND parent.tenant = i.tenant AND parent.source = i.source
         AND parent.issue_id = i.parent_id AND parent.deleted_at IS NULL AND NOT parent.is_stub
         AND parent.hierarchy_level > 0 IS NOT TRUE
        WHERE NOT l.is_merge AND NOT l.is_revert AND (l.is_gone OR l.sha <> ALL (v_turned.undone))
        UNION ALL
        SELECT r.place, r.sha, r.landed_at, NULL, NULL, NULL, NULL, split_part(r.message, E'\n', 1), NULL, false, NULL
        FROM ranged r
        WHERE NOT r.is_turned AND NOT r.is_merge AND NOT EXISTS (SELECT FROM linked l WHERE l.sha = r.sha)
          AND r.sha <> ALL (v_turned.undone)
          AND jirasync.is_judged_commit(p_tenant, p_source, p_repository, r.sha, r.author, r.author_email, r.message);
END
$$;
COMMENT ON FUNCTION jirasync.work_in_range IS 'The work that to holds and from does not, or holds as taken back (note says what gave it back), and (is_gone) that from holds and to has taken back; in order, each commit with its issues, and with story_id the issue that is judged for each (a sub-task''s parent); story_id NULL: the commit has no issue and should have one';
