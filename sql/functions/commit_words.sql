-- A commit in words: hash, subject, author.
CREATE OR REPLACE FUNCTION jirasync.commit_words(p_tenant text, p_source text, p_repository text, p_sha text)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off AS $$
BEGIN
    RETURN left(p_sha, 12) || coalesce((
        SELECT ' "' || CASE WHEN length(s.subject) > 72 THEN left(s.subject, 69) || '...' ELSE s.subject END || '"'
               || coalesce(' (' || s.author || ')', '')
        FROM (SELECT split_part(c.message, E'\n', 1) AS subject, c.author FROM jirasync.commits c
              WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = p_sha) s), '');
END
$$;
COMMENT ON FUNCTION jirasync.commit_words IS 'The commit as a person reads it: twelve digits, its subject, its author';
