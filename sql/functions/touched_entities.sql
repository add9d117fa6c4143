-- The facts of entities of one kind: of the given ids, or of all.
CREATE OR REPLACE FUNCTION jirasync.touched_entities(p_tenant text, p_kind text, p_sources text[], p_ids bigint[])
RETURNS SETOF jirasync.entities LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_ids IS NULL THEN
        RETURN QUERY SELECT e.* FROM jirasync.entities e
            WHERE e.tenant = p_tenant AND e.kind = p_kind AND e.id ~ '^[0-9]{1,18}$';
    ELSE
        RETURN QUERY SELECT e.* FROM unnest(p_sources, p_ids) u (source, id)
            CROSS JOIN LATERAL (
                SELECT * FROM jirasync.entities n
                WHERE n.tenant = p_tenant AND n.source = u.source AND n.kind = p_kind AND n.id = u.id::text
                OFFSET 0) e;
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.touched_entities IS 'Rows of entities of a kind whose ids are numbers: those given as parallel arrays; all the tenant''s where they are NULL';
