-- Removes all that was kept of an issue, and keeps it from coming back.

CREATE OR REPLACE FUNCTION jirasync.forget_issue(source text, issue_id bigint, tenant text DEFAULT 'main')
RETURNS TABLE (what text, forgotten bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET statement_timeout = 0
AS $$
DECLARE
    v_keys      text[];
    v_children  text[];
    v_bodies    bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM jirasync.issues i WHERE i.tenant = forget_issue.tenant AND i.source = forget_issue.source
                                                   AND i.issue_id = forget_issue.issue_id) THEN
        RAISE EXCEPTION 'tenant % has no issue % of source %', forget_issue.tenant, forget_issue.issue_id, forget_issue.source
            USING ERRCODE = 'no_data_found', HINT = 'SELECT source, issue_id FROM jirasync.issue_keys WHERE issue_key = ... tells both.';
    END IF;
    v_keys := ARRAY(
        SELECT k.issue_key FROM jirasync.issue_keys k
         WHERE k.tenant = forget_issue.tenant AND k.source = forget_issue.source AND k.issue_id = forget_issue.issue_id);
    v_children := ARRAY(
        SELECT 'comment/' || c.comment_id FROM jirasync.comments c
         WHERE c.tenant = forget_issue.tenant AND c.source = forget_issue.source AND c.issue_id = forget_issue.issue_id
         UNION ALL
        SELECT e.kind || '/' || e.id FROM jirasync.entities e
         WHERE e.tenant = forget_issue.tenant AND e.source = forget_issue.source AND e.issue_id = forget_issue.issue_id);

    -- What takes long comes first: nobody waits for it.
    v_bodies := jirasync.forget_bodies(forget_issue.tenant, forget_issue.source, forget_issue.issue_id, v_keys, v_children,
                                       '-infinity');
    what := 'quarantined deliveries';
    DELETE FROM jirasync.quarantined_deliveries q
     WHERE q.tenant = forget_issue.tenant AND q.source = forget_issue.source
       AND jirasync.body_tells_of(q.body, forget_issue.issue_id, v_keys, v_children);
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN NEXT;

    what := 'documents of runs';
    forgotten := jirasync.forget_summaries(forget_issue.tenant, forget_issue.source, v_keys, '-infinity');
    RETURN NEXT;

    -- From here on nothing is derived and no comment is stored. What came meanwhile goes, too.
    PERFORM jirasync.lock_correlation(forget_issue.tenant);
    PERFORM pg_advisory_xact_lock(hashtext('jirasync'), hashtext('entities'));
    PERFORM FROM jirasync.issues i
      WHERE i.tenant = forget_issue.tenant AND i.source = forget_issue.source AND i.issue_id = forget_issue.issue_id
        FOR UPDATE;
    what := 'bodies of deliveries';
    forgotten := v_bodies + jirasync.forget_bodies(forget_issue.tenant, forget_issue.source, forget_issue.issue_id, v_keys,
                                                   v_children, now() - interval '1 minute');
    RETURN NEXT;

    what := 'comments, worklogs, links and other entities';
    forgotten := jirasync.forget_children(forget_issue.tenant, forget_issue.source, forget_issue.issue_id);
    RETURN NEXT;

    what := 'names in snapshots';
    forgotten := jirasync.forget_names(forget_issue.tenant, forget_issue.source, forget_issue.issue_id);
    RETURN NEXT;

    what := 'waivers';
    DELETE FROM jirasync.issue_waivers w
     WHERE w.tenant = forget_issue.tenant AND w.source = forget_issue.source AND w.issue_id = forget_issue.issue_id;
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN NEXT;

    -- Whole, of the highest rank there is, and the look of no delivery: nothing can replace it.
    what := 'issue';
    forgotten := jirasync.blank_issues(forget_issue.tenant, ARRAY[forget_issue.source], ARRAY[forget_issue.issue_id]);
    UPDATE jirasync.issues i
       SET deleted_at = coalesce(i.deleted_at, now()), buried_at = coalesce(i.buried_at, i.deleted_at, now()),
           forgotten_at = now(), is_stub = false, rank_updated = 'infinity', rank_timestamp = 'infinity', rank_sha256 = ''
     WHERE i.tenant = forget_issue.tenant AND i.source = forget_issue.source AND i.issue_id = forget_issue.issue_id;
    RETURN NEXT;

    PERFORM jirasync.enqueue_job('correlate_issue', forget_issue.issue_id::text, forget_issue.source, forget_issue.tenant);
END
$$;
COMMENT ON FUNCTION jirasync.forget_issue(text, bigint, text) IS
    'Removes at once all content that was kept of an issue: its row, comments, worklogs, links, attachments, the bodies of its deliveries in ledger and quarantine, its summary in the documents of runs, its waivers; returns how many rows of each. A tombstone with id and keys stays, which no event can fill again. It can''t be undone';
