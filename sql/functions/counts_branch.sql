-- Have commits landed that are on a branch of this name?
CREATE OR REPLACE FUNCTION jirasync.counts_branch(p_source text, p_ref text, p_is_default boolean) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM unnest(coalesce((SELECT s.counted_refs FROM jirasync.sources s WHERE s.source = p_source),
                                    '{HEAD,release/*,hotfix/*}')) g (glob)
        WHERE p_is_default AND g.glob = 'HEAD' OR p_ref ~ jirasync.glob_pattern(g.glob));
END
$$;
COMMENT ON FUNCTION jirasync.counts_branch IS 'True for a branch that counted_refs of its source names, by default the default branch (HEAD), release/* and hotfix/*; lib/import_commits.c has the same rule';
