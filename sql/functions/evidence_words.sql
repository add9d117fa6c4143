-- Why a commit belongs to an issue, in words.
CREATE OR REPLACE FUNCTION jirasync.evidence_words(p_tenant text, p_source text, p_repository text, p_sha text, p_keys text[])
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off AS $$
BEGIN
    RETURN (
        SELECT string_agg(DISTINCT CASE k.evidence
                   WHEN 'message' THEN 'message names ' || k.key
                   WHEN 'branch' THEN format('branch %s names %s', k.via, k.key)
                   WHEN 'pull_request' THEN format('pull request %s%s names %s', k.via, coalesce(' "' || (
                       SELECT q.title FROM jirasync.pull_requests q
                       WHERE q.tenant = k.tenant AND q.source = k.source AND q.repository = k.repository
                         AND '#' || q.number = k.via) || '"', ''), k.key)
                   WHEN 'merge' THEN format('merge %s that brought it names %s', left(k.via, 12), k.key)
                   ELSE format('linked to %s by hand%s', k.key, coalesce(', by ' || nullif(k.via, ''), '')) END, '; ')
        FROM jirasync.commit_keys k
        WHERE k.tenant = p_tenant AND k.source = p_source AND k.repository = p_repository AND k.sha = p_sha
          AND k.key = ANY (p_keys));
END
$$;
COMMENT ON FUNCTION jirasync.evidence_words IS 'What links a commit to the given keys of an issue: message, branch, pull request, merge or a person, each with via what';
