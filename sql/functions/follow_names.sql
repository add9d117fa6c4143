-- The names that quiet issues repeat: notes how late they were told, and finds the issues that tell others.
CREATE OR REPLACE FUNCTION jirasync.follow_names(
    p_tenant text, p_sources text[], p_ids bigint[],
    OUT changed integer, OUT sources text[], OUT issue_ids bigint[], OUT odd_sources text[], OUT odd_ids bigint[])
LANGUAGE plpgsql AS $$
BEGIN
    -- A quiet issue's newest snapshot tells of the same project and versions as all that came since it was last gone
    -- through, so it alone is looked at, however many there are. Of several of one instant the row may show another.
    WITH newest AS MATERIALIZED (
        SELECT u.source, u.issue_id, s.*
        FROM unnest(p_sources, p_ids) u (source, issue_id)
        CROSS JOIN LATERAL (
            SELECT n.at, n.delivery_id, n.version_ids, n.version_names, n.project_id, n.project_key, n.project_name,
                   (SELECT o.delivery_id FROM jirasync.issue_snapshots o
                    WHERE o.tenant = p_tenant AND o.source = u.source AND o.issue_id = u.issue_id AND o.at = n.at
                      AND o.delivery_id < n.delivery_id LIMIT 1) IS NOT NULL AS is_tied
            FROM jirasync.issue_snapshots n
            WHERE n.tenant = p_tenant AND n.source = u.source AND n.issue_id = u.issue_id
            ORDER BY n.at DESC, n.delivery_id DESC LIMIT 1) s
    ), version AS MATERIALIZED (
        SELECT n.source, n.issue_id, n.at, n.delivery_id, t.version_id, v.known_at, v.known_by,
               coalesce(v.name = t.name AND v.project_id IS NOT DISTINCT FROM n.project_id
                        AND v.deleted_at IS NULL, false) AS is_known
        FROM newest n
        CROSS JOIN LATERAL unnest(n.version_ids, n.version_names) t (version_id, name)
        LEFT JOIN jirasync.versions v
          ON v.tenant = p_tenant AND v.source = n.source AND v.version_id = t.version_id
    ), project AS MATERIALIZED (
        SELECT n.source, n.issue_id, n.at, n.delivery_id, n.project_id, p.known_at, p.known_by,
               coalesce(p.project_key = n.project_key AND p.name IS NOT DISTINCT FROM n.project_name, false) AS is_known
        FROM newest n
        LEFT JOIN jirasync.projects p
          ON p.tenant = p_tenant AND p.source = n.source AND p.project_id = n.project_id
        WHERE n.project_id IS NOT NULL
    ), later_version AS (
        UPDATE jirasync.versions v SET known_at = t.at, known_by = t.delivery_id
        FROM (SELECT DISTINCT ON (d.source, d.version_id) d.source, d.version_id, d.at, d.delivery_id
              FROM version d
              WHERE d.is_known AND (d.at, d.delivery_id) > (d.known_at, d.known_by)
              ORDER BY d.source, d.version_id, d.at DESC, d.delivery_id DESC) t
        WHERE v.tenant = p_tenant AND v.source = t.source AND v.version_id = t.version_id
        RETURNING 1
    ), later_project AS (
        UPDATE jirasync.projects p SET known_at = t.at, known_by = t.delivery_id
        FROM (SELECT DISTINCT ON (d.source, d.project_id) d.source, d.project_id, d.at, d.delivery_id
              FROM project d
              WHERE d.is_known AND (d.at, d.delivery_id) > (d.known_at, d.known_by)
              ORDER BY d.source, d.project_id, d.at DESC, d.delivery_id DESC) t
        WHERE p.tenant = p_tenant AND p.source = t.source AND p.project_id = t.project_id
        RETURNING 1
    ), odd AS MATERIALIZED (
        SELECT d.source, d.issue_id FROM version d WHERE NOT d.is_known
        UNION SELECT d.source, d.issue_id FROM project d WHERE NOT d.is_known
        UNION SELECT n.source, n.issue_id FROM newest n WHERE n.is_tied
    ), even AS (
        SELECT * FROM unnest(p_sources, p_ids) EXCEPT SELECT * FROM odd
    )
    SELECT (SELECT count(*) FROM later_version) + (SELECT count(*) FROM later_project),
           (SELECT coalesce(array_agg(o.source), '{}') FROM odd o),
           (SELECT coalesce(array_agg(o.issue_id), '{}') FROM odd o),
           coalesce(array_agg(e.source), '{}'), coalesce(array_agg(e.issue_id), '{}')
    INTO changed, odd_sources, odd_ids, sources, issue_ids
    FROM even e (source, issue_id);
END
$$;
COMMENT ON FUNCTION jirasync.follow_names IS 'For issues whose events repeat what they showed: moves on the instant at which their project''s and versions'' names were last told, and gives back apart (odd) the issues that tell other names than the known ones';
