-- What holds a commit, in words.
CREATE OR REPLACE FUNCTION jirasync.holders_words(p_tenant text, p_source text, p_repository text, p_sha text)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
DECLARE
    v_branches  text[] := ARRAY(
        SELECT b.branch FROM jirasync.commit_branches(p_source, p_repository, p_sha, p_tenant) WITH ORDINALITY
            b (branch, counted, is_default, landed_at, n) ORDER BY b.n);
BEGIN
    RETURN nullif(concat_ws('; ',
        nullif(array_to_string(v_branches[1:8], ', '), '')
            || CASE WHEN cardinality(v_branches) > 8 THEN ' and ' || cardinality(v_branches) - 8 || ' more' ELSE '' END,
        'first tag ' || jirasync.first_tag(p_source, p_repository, p_sha, p_tenant)), '');
END
$$;
COMMENT ON FUNCTION jirasync.holders_words IS 'The branches that hold a commit, the default one first, and the first tag that does; NULL for none';
