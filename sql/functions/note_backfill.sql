-- Notes how far a backfill is.

CREATE OR REPLACE FUNCTION jirasync.note_backfill(
    p_tenant text, p_id bigint, p_project_id bigint, p_cursor text, p_issues bigint, p_children bigint, p_requests bigint,
    p_total bigint)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    -- A crash that forgets the last notes has some pages stored twice, which changes nothing.
    PERFORM set_config('synchronous_commit', 'off', true);
    UPDATE jirasync.backfills b
       SET project_id = p_project_id, cursor = p_cursor, issues = p_issues, children = p_children, requests = p_requests,
           total = coalesce(p_total, b.total), working_time = b.working_time + (clock_timestamp() - b.noted_at),
           noted_at = clock_timestamp()
     WHERE b.tenant = p_tenant AND b.id = p_id AND b.state = 'running';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'backfill % does not run any more: another one was begun', p_id USING ERRCODE = 'lock_not_available';
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.note_backfill(text, bigint, bigint, text, bigint, bigint, bigint, bigint) IS
    'Notes the project under way, where its next page begins, and all that was done so far, once that is stored';
