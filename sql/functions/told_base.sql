-- On which commit a push put its first one.
CREATE OR REPLACE FUNCTION jirasync.told_base(
    p_tenant text, p_source text, p_repository text, p_ref text, p_delivery_id text, p_change integer)
RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT s.base_sha
        FROM jirasync.push_steps(p_tenant, p_source, p_repository, ARRAY[p_delivery_id], ARRAY[p_change], ARRAY(
            SELECT o FROM jirasync.push_places(p_tenant, p_source, p_repository, p_ref, ARRAY[p_delivery_id],
                                               ARRAY[p_change], 0) o)) s
        WHERE s.is_told);
END
$$;
COMMENT ON FUNCTION jirasync.told_base IS 'First parent of the lowest commit that a push put on its branch''s line; NULL where parents are not told';
