-- The commits of a ref, where what its row says of all of them is another thing now.
CREATE OR REPLACE FUNCTION jirasync.commits_meant(p_old jirasync.refs, p_new jirasync.refs) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
    -- (keys of its name, where they count, and what can have been cut from it)
    IF (p_old.branch_keys, p_old.counted, p_old.is_default, p_old.life_at)
       IS NOT DISTINCT FROM (p_new.branch_keys, p_new.counted, p_new.is_default, p_new.life_at) THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(
        SELECT o.sha FROM jirasync.commit_refs o
        WHERE o.tenant = p_new.tenant AND o.source = p_new.source AND o.repository = p_new.repository
          AND o.ref = p_new.ref);
END
$$;
COMMENT ON FUNCTION jirasync.commits_meant IS 'Part of write_ref: the commits that have a place on the ref, where its old and its new row differ in what they say of each of them; else none';
