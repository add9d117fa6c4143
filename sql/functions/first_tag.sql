-- With which tag did a commit come out first?
CREATE OR REPLACE FUNCTION jirasync.first_tag(source text, repository text, sha text, tenant text DEFAULT 'main')
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, jirasync, pg_temp AS $$
BEGIN
    RETURN jirasync.first_tag_holding(first_tag.tenant, first_tag.source, first_tag.repository, jirasync.known_commit(
        first_tag.tenant, first_tag.source, first_tag.repository, first_tag.sha));
END
$$;
COMMENT ON FUNCTION jirasync.first_tag IS 'The first tag that holds a commit (hash, also cut short) and no revert of it, or one that was taken back itself: by when the tagged commit was made, then by version; NULL where none does';
