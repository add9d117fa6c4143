-- The branches that hold a commit, in words.
CREATE OR REPLACE FUNCTION jirasync.holders_words(
    p_tenant text, p_source text, p_repository text, p_sha text, p_counted_only boolean DEFAULT false)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
DECLARE
    v_branches  text[] := ARRAY(
        SELECT h.ref FROM jirasync.refs_holding(p_tenant, p_source, p_repository, p_sha) h
        WHERE h.kind = 'branch' AND (h.counted OR NOT p_counted_only)
        ORDER BY h.is_default DESC, h.counted DESC, h.ref);
BEGIN
    RETURN nullif(array_to_string(v_branches[1:8], ', '), '')
        || CASE WHEN cardinality(v_branches) > 8 THEN ' and ' || cardinality(v_branches) - 8 || ' more' ELSE '' END;
END
$$;
COMMENT ON FUNCTION jirasync.holders_words IS 'The branches that hold a commit, the default one first, eight at the most; NULL for none';
