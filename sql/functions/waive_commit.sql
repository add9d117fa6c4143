-- Says of a commit that it needs no issue, by a person's word.
CREATE OR REPLACE FUNCTION jirasync.waive_commit(
    repository text, sha text, reason text, waived_by text DEFAULT session_user, expires_at timestamptz DEFAULT NULL,
    tenant text DEFAULT 'main', source text DEFAULT NULL)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
DECLARE
    v_commit  record := jirasync.named_commit(waive_commit.tenant, waive_commit.repository, waive_commit.sha,
                                              waive_commit.source);
    v_before  jirasync.commit_waivers;
BEGIN
    PERFORM jirasync.check_waiver(waive_commit.reason, waive_commit.waived_by, waive_commit.expires_at);
    SELECT w.* INTO v_before FROM jirasync.commit_waivers w
    WHERE w.tenant = waive_commit.tenant AND w.source = v_commit.source AND w.repository = waive_commit.repository
      AND w.sha = v_commit.sha;
    INSERT INTO jirasync.commit_waivers AS w (tenant, source, repository, sha, reason, waived_by, expires_at)
    VALUES (waive_commit.tenant, v_commit.source, waive_commit.repository, v_commit.sha, btrim(waive_commit.reason),
            btrim(waive_commit.waived_by), waive_commit.expires_at)
    ON CONFLICT ON CONSTRAINT commit_waivers_pkey DO UPDATE
    SET reason = excluded.reason, waived_by = excluded.waived_by, waived_at = excluded.waived_at,
        expires_at = excluded.expires_at;
    PERFORM jirasync.enqueue_job('correlate_commit', waive_commit.repository || '@' || v_commit.sha, v_commit.source,
                                 waive_commit.tenant);
    RETURN format('%s of %s (%s) is waived %s by %s: %s%s', left(v_commit.sha, 12), waive_commit.repository,
                  left(v_commit.subject, 60), jirasync.until_words(waive_commit.expires_at),
                  btrim(waive_commit.waived_by), btrim(waive_commit.reason),
                  CASE WHEN v_before.tenant IS NOT NULL
                       THEN format(' (before: %s by %s: %s)', jirasync.until_words(v_before.expires_at),
                                   v_before.waived_by, v_before.reason) ELSE '' END);
END
$$;
COMMENT ON FUNCTION jirasync.waive_commit IS 'Say that a commit (hash, also cut short) needs no issue, why, and until when (NULL: for good); says what was done. A waiver that is there is replaced. source is needed only where several have the commit';
