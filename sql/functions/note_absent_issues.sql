-- Issues that Jira did not have: which were missed for the second time?

CREATE OR REPLACE FUNCTION jirasync.note_absent_issues(
    p_tenant text, p_source text, p_ids bigint[], p_is_second boolean DEFAULT false, p_at timestamptz DEFAULT NULL)
RETURNS TABLE (issue_id bigint, is_confirmed boolean, wait_ms bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_at    timestamptz := coalesce(p_at, clock_timestamp());
    v_wait  interval := jirasync.setting_number('second_look_s') * interval '1 s';
BEGIN
    INSERT INTO jirasync.absent_issues (tenant, source, issue_id, first_at)
    SELECT DISTINCT p_tenant, p_source, u.id, v_at FROM unnest(p_ids) AS u (id) ORDER BY 3
    ON CONFLICT DO NOTHING;
    RETURN QUERY
        SELECT a.issue_id, p_is_second OR a.first_at <= v_at - v_wait,
               greatest(ceil(1000 * extract(epoch FROM a.first_at + v_wait - v_at)), 0)::bigint
          FROM jirasync.absent_issues a
         WHERE a.tenant = p_tenant AND a.source = p_source AND a.issue_id = ANY (p_ids);
END
$$;
COMMENT ON FUNCTION jirasync.note_absent_issues(text, text, bigint[], boolean, timestamptz) IS
    'Notes issues that Jira answered 404 or 410 for, and says of each whether that was the second look: second_look_s after the first one, or p_is_second, when another way of asking had missed it before. Those are deleted; the others are to be asked for once more in wait_ms';
