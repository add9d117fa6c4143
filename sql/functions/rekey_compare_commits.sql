-- Where the page of a rekey differs from what is kept: rekey_keys, rekey_refused and rekey_handed.
CREATE OR REPLACE FUNCTION jirasync.rekey_compare_commits(
    p_tenant text, p_source text, p_repository text, OUT shas text[])
LANGUAGE plpgsql
-- A page is one stretch of the primary keys, read once and hashed, whatever is known of the temporary tables.
SET enable_nestloop = off
SET enable_mergejoin = off
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
    v_from  text;
    v_to    text;
BEGIN
    SELECT min(n.sha), max(n.sha) INTO v_from, v_to FROM pg_temp.rekey_commits n;
    INSERT INTO pg_temp.rekey_keys (sha, key, is_new)
    WITH wanted AS MATERIALIZED (
        SELECT n.sha, u.key FROM pg_temp.rekey_commits n CROSS JOIN unnest(n.keys) u (key)
    ), present AS MATERIALIZED (
        SELECT k.sha, k.key
        FROM jirasync.commit_keys k
        WHERE k.tenant = p_tenant AND k.source = p_source AND k.repository = p_repository
          AND k.sha BETWEEN v_from AND v_to AND k.evidence = 'message'
          AND k.sha IN (SELECT n.sha FROM pg_temp.rekey_commits n))
    SELECT a.sha, a.key, true FROM (SELECT * FROM wanted EXCEPT SELECT * FROM present) a
    UNION ALL
    SELECT r.sha, r.key, false FROM (SELECT * FROM present EXCEPT SELECT * FROM wanted) r;
    INSERT INTO pg_temp.rekey_refused (sha, word, is_new)
    WITH wanted AS MATERIALIZED (
        SELECT n.sha, u.word FROM pg_temp.rekey_commits n CROSS JOIN unnest(n.refused) u (word)
    ), present AS MATERIALIZED (
        SELECT k.sha, k.reason || ':' || k.candidate
        FROM jirasync.refused_keys k
        WHERE k.tenant = p_tenant AND k.source = p_source AND k.repository = p_repository
          AND k.sha BETWEEN v_from AND v_to
          AND k.sha IN (SELECT n.sha FROM pg_temp.rekey_commits n))
    SELECT a.sha, a.word, true FROM (SELECT * FROM wanted EXCEPT SELECT * FROM present) a
    UNION ALL
    SELECT r.sha, r.word, false FROM (SELECT * FROM present EXCEPT SELECT * FROM wanted) r (sha, word);
    INSERT INTO pg_temp.rekey_handed (sha, handed_keys)
    SELECT n.sha, n.handed_keys
    FROM pg_temp.rekey_commits n
    JOIN jirasync.commits c ON c.sha = n.sha
    WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository
      AND c.sha BETWEEN v_from AND v_to AND c.handed_keys IS DISTINCT FROM n.handed_keys;
    SELECT coalesce(array_agg(d.sha), '{}') INTO shas
    FROM (SELECT k.sha FROM pg_temp.rekey_keys k UNION SELECT r.sha FROM pg_temp.rekey_refused r
          UNION SELECT h.sha FROM pg_temp.rekey_handed h) d;
END
$$;
COMMENT ON FUNCTION jirasync.rekey_compare_commits IS 'Part of rekey_write_commits: puts what differs from the page in rekey_commits into the other temporary tables and returns the commits that it concerns';
