-- Links a commit to an issue by a person's word: evidence explicit.
CREATE OR REPLACE FUNCTION jirasync.link_commit(
    source text, repository text, sha text, key text, tenant text DEFAULT 'main')
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
DECLARE
    v_sha    text := jirasync.known_commit(link_commit.tenant, link_commit.source, link_commit.repository, link_commit.sha);
    v_named  jirasync.issue_keys := jirasync.find_issue(link_commit.tenant, link_commit.key);
BEGIN
    IF EXISTS (SELECT FROM jirasync.commit_keys k
               WHERE k.tenant = link_commit.tenant AND k.source = link_commit.source
                 AND k.repository = link_commit.repository AND k.sha = v_sha AND k.key = v_named.issue_key
                 AND k.evidence = 'explicit') THEN
        RETURN format('%s of %s was linked to %s before', left(v_sha, 12), link_commit.repository, v_named.issue_key);
    END IF;
    INSERT INTO jirasync.commit_keys (tenant, source, repository, sha, key, evidence, via)
    VALUES (link_commit.tenant, link_commit.source, link_commit.repository, v_sha, v_named.issue_key, 'explicit',
            session_user)
    ON CONFLICT DO NOTHING;
    PERFORM jirasync.enqueue_job('correlate_commit', link_commit.repository || '@' || v_sha, link_commit.source,
                                 link_commit.tenant);
    RETURN format('%s of %s is linked to %s', left(v_sha, 12), link_commit.repository, v_named.issue_key);
END
$$;
COMMENT ON FUNCTION jirasync.link_commit IS 'Link a commit (hash, also cut short) to an issue whose key it does not bear, with evidence explicit; says what was done. It counts as soon as its job has run';
