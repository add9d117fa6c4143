-- Asks for the reverts in other repositories that name a pull request of a repository.
CREATE OR REPLACE FUNCTION jirasync.enqueue_named_reverts(p_tenant text, p_source text, p_repository text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_keys  text[] := ARRAY(
        SELECT DISTINCT n.repository || '@' || n.sha FROM jirasync.revert_names n
        WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository <> p_repository
          AND lower(split_part(n.named, '#', 1)) = lower(p_repository));
BEGIN
    PERFORM jirasync.enqueue_jobs(p_tenant, array_fill('correlate_commit'::text, ARRAY[cardinality(v_keys)]),
                                  array_fill(p_source, ARRAY[cardinality(v_keys)]), v_keys);
END
$$;
COMMENT ON FUNCTION jirasync.enqueue_named_reverts IS 'Part of rename_repository: asks for the correlation of the reverts in other repositories that name a pull request of the given one';
