-- Where a tag is, as imports and pushes tell together.
CREATE OR REPLACE FUNCTION jirasync.tag_tip(
    p_tenant text, p_source text, p_repository text, p_ref text, p_imported_sha text, p_imported_at timestamptz,
    p_since timestamptz,
    OUT tip text, OUT last_tip text, OUT seen_at timestamptz, OUT pushes integer)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_told  record;
BEGIN
    -- Hosts name an annotated tag now by its own hash, now by its commit's: so only makings and deletions are counted.
    SELECT count(*) AS count, count(*) FILTER (WHERE p.before = '') - count(*) FILTER (WHERE p.after = '') AS balance,
           (array_agg(p.after ORDER BY p.received_at DESC, p.seq DESC) FILTER (WHERE p.after <> ''))[1] AS sha,
           max(p.received_at) FILTER (WHERE p.after <> '') AS put_at,
           max(p.received_at) FILTER (WHERE p.after = '') AS deleted_at
    INTO v_told FROM jirasync.pushes_of_ref(p_tenant, p_source, p_repository, p_ref, 'tag') p
    WHERE p.received_at > p_since;
    pushes := v_told.count;
    last_tip := coalesce(v_told.sha, p_imported_sha);
    IF v_told.balance + (p_imported_sha IS NOT NULL AND p_since > '-infinity')::integer > 0
       OR v_told.balance = 0 AND v_told.deleted_at IS NULL AND v_told.sha IS NOT NULL THEN
        tip := last_tip;
        seen_at := coalesce(v_told.put_at, p_imported_at);
    ELSIF v_told.count > 0 OR p_imported_at IS NOT NULL THEN
        tip := '';
        seen_at := coalesce(v_told.deleted_at, p_imported_at);
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.tag_tip IS 'Part of pushed_tip: the commit that a tag is at, empty where it is gone, NULL where nothing tells, by the pushes received after p_since and the import';
