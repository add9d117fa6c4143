-- Takes the waiver of an issue back.
CREATE OR REPLACE FUNCTION jirasync.unwaive_issue(key text, tenant text DEFAULT 'main', source text DEFAULT NULL)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
DECLARE
    v_named   jirasync.issue_keys := jirasync.find_issue(unwaive_issue.tenant, unwaive_issue.key, unwaive_issue.source);
    v_waiver  jirasync.issue_waivers;
BEGIN
    DELETE FROM jirasync.issue_waivers w
    WHERE w.tenant = v_named.tenant AND w.source = v_named.source AND w.issue_id = v_named.issue_id
    RETURNING w.* INTO v_waiver;
    IF v_waiver.tenant IS NULL THEN
        RAISE EXCEPTION '% is not waived', v_named.issue_key
            USING ERRCODE = 'no_data_found', HINT = format('SELECT * FROM jirasync.explain_issue(%L) tells what decides.', v_named.issue_key);
    END IF;
    PERFORM jirasync.enqueue_job('correlate_issue', v_named.issue_id::text, v_named.source, v_named.tenant);
    RETURN format('%s is waived no more (it was %s by %s: %s)', v_named.issue_key,
                  jirasync.until_words(v_waiver.expires_at), v_waiver.waived_by, v_waiver.reason);
END
$$;
COMMENT ON FUNCTION jirasync.unwaive_issue IS 'Take back the waiver of an issue (by a present or former key); says what was done';
