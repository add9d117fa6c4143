-- Bring refused_keys up to date with what the imported messages have that looks like a key and is none.
CREATE OR REPLACE FUNCTION jirasync.import_write_refused(p_tenant text, p_source text, p_repository text)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_gone  integer;
    v_new   integer;
BEGIN
    DELETE FROM jirasync.refused_keys r
    USING (SELECT o.sha, o.candidate, o.reason
           FROM jirasync.refused_keys o JOIN pg_temp.import_commits n ON n.sha = o.sha
           WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository
           EXCEPT
           SELECT n.sha, substr(u.word, strpos(u.word, ':') + 1), split_part(u.word, ':', 1)
           FROM pg_temp.import_commits n CROSS JOIN LATERAL unnest(n.refused) u (word)) g
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.sha = g.sha
      AND r.candidate = g.candidate AND r.reason = g.reason;
    GET DIAGNOSTICS v_gone = ROW_COUNT;
    INSERT INTO jirasync.refused_keys (tenant, source, repository, sha, candidate, reason)
    SELECT p_tenant, p_source, p_repository, w.sha, w.candidate, w.reason
    FROM (SELECT n.sha, substr(u.word, strpos(u.word, ':') + 1) AS candidate, split_part(u.word, ':', 1) AS reason
          FROM pg_temp.import_commits n CROSS JOIN LATERAL unnest(n.refused) u (word)) w
    WHERE NOT EXISTS (
        SELECT FROM jirasync.refused_keys o
        WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_repository AND o.sha = w.sha
          AND o.candidate = w.candidate AND o.reason = w.reason);
    GET DIAGNOSTICS v_new = ROW_COUNT;
    RETURN v_gone + v_new;
END
$$;
COMMENT ON FUNCTION jirasync.import_write_refused IS 'Write what imported messages have that looks like an issue key and can be none, given as REASON:TEXT; only what differs. Nothing is derived from it. Returns rows changed';
