-- Takes an issue out of the count of what must have commits, by a person's word.
CREATE OR REPLACE FUNCTION jirasync.waive_issue(
    key text, reason text, waived_by text DEFAULT session_user, expires_at timestamptz DEFAULT NULL,
    tenant text DEFAULT 'main', source text DEFAULT NULL)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
DECLARE
    v_named   jirasync.issue_keys := jirasync.find_issue(waive_issue.tenant, waive_issue.key, waive_issue.source);
    v_issue   jirasync.issues;
    v_before  jirasync.issue_waivers;
BEGIN
    PERFORM jirasync.check_waiver(waive_issue.reason, waive_issue.waived_by, waive_issue.expires_at);
    SELECT i.* INTO v_issue FROM jirasync.issues i
    WHERE i.tenant = v_named.tenant AND i.source = v_named.source AND i.issue_id = v_named.issue_id;
    IF v_issue.deleted_at IS NOT NULL THEN
        RAISE EXCEPTION '% was deleted in Jira', v_named.issue_key
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Deleted issues are not judged: there is nothing to waive.';
    END IF;
    SELECT w.* INTO v_before FROM jirasync.issue_waivers w
    WHERE w.tenant = v_issue.tenant AND w.source = v_issue.source AND w.issue_id = v_issue.issue_id;
    INSERT INTO jirasync.issue_waivers AS w (tenant, source, issue_id, reason, waived_by, expires_at)
    VALUES (v_issue.tenant, v_issue.source, v_issue.issue_id, btrim(waive_issue.reason), btrim(waive_issue.waived_by),
            waive_issue.expires_at)
    ON CONFLICT ON CONSTRAINT issue_waivers_pkey DO UPDATE
    SET reason = excluded.reason, waived_by = excluded.waived_by, waived_at = excluded.waived_at,
        expires_at = excluded.expires_at;
    -- Nothing derived changes; but its run leaves the new coverage in coverage_history.
    PERFORM jirasync.enqueue_job('correlate_issue', v_issue.issue_id::text, v_issue.source, v_issue.tenant);
    RETURN format('%s is waived %s by %s: %s%s', v_issue.issue_key, jirasync.until_words(waive_issue.expires_at),
                  btrim(waive_issue.waived_by), btrim(waive_issue.reason),
                  CASE WHEN v_before.tenant IS NOT NULL
                       THEN format(' (before: %s by %s: %s)', jirasync.until_words(v_before.expires_at),
                                   v_before.waived_by, v_before.reason) ELSE '' END);
END
$$;
COMMENT ON FUNCTION jirasync.waive_issue IS 'Say that an issue (by a present or former key) needs no commit, why, and until when (NULL: for good); says what was done. A waiver that is there is replaced. source is needed only where several sites have the key';
