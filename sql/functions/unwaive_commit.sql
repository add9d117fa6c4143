-- Takes the waiver of a commit back.
CREATE OR REPLACE FUNCTION jirasync.unwaive_commit(
    repository text, sha text, tenant text DEFAULT 'main', source text DEFAULT NULL)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
DECLARE
    v_commit  record := jirasync.named_commit(unwaive_commit.tenant, unwaive_commit.repository, unwaive_commit.sha,
                                              unwaive_commit.source);
    v_waiver  jirasync.commit_waivers;
BEGIN
    DELETE FROM jirasync.commit_waivers w
    WHERE w.tenant = unwaive_commit.tenant AND w.source = v_commit.source AND w.repository = unwaive_commit.repository
      AND w.sha = v_commit.sha
    RETURNING w.* INTO v_waiver;
    IF v_waiver.tenant IS NULL THEN
        RAISE EXCEPTION '% of % is not waived', left(v_commit.sha, 12), unwaive_commit.repository
            USING ERRCODE = 'no_data_found', HINT = 'SELECT * FROM jirasync.commit_waivers shows what is.';
    END IF;
    PERFORM jirasync.enqueue_job('correlate_commit', unwaive_commit.repository || '@' || v_commit.sha, v_commit.source,
                                 unwaive_commit.tenant);
    RETURN format('%s of %s (%s) is waived no more (it was %s by %s: %s)', left(v_commit.sha, 12),
                  unwaive_commit.repository, left(v_commit.subject, 60), jirasync.until_words(v_waiver.expires_at),
                  v_waiver.waived_by, v_waiver.reason);
END
$$;
COMMENT ON FUNCTION jirasync.unwaive_commit IS 'Take back the waiver of a commit (hash, also cut short); says what was done';
