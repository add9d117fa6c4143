-- A batch's git documents under the names that their repositories have today.
CREATE OR REPLACE FUNCTION jirasync.under_names_of_today(
    p_tenant text[], p_source text[], p_received_at timestamptz[], p_git jsonb[])
RETURNS jsonb[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    -- (mostly nothing was ever renamed)
    IF NOT EXISTS (SELECT FROM jirasync.repository_renames r WHERE r.tenant = ANY (p_tenant)) THEN
        RETURN p_git;
    END IF;
    RETURN ARRAY(
        SELECT CASE WHEN n.name <> m.git ->> 'repository' THEN jsonb_set(m.git, '{repository}', to_jsonb(n.name))
                    ELSE m.git END
        FROM unnest(p_tenant, p_source, p_received_at, p_git) WITH ORDINALITY AS m (tenant, source, received_at, git, place)
        CROSS JOIN LATERAL (
            SELECT jirasync.name_today(m.tenant, m.source, m.git ->> 'repository', m.received_at) AS name OFFSET 0) n
        ORDER BY m.place);
END
$$;
COMMENT ON FUNCTION jirasync.under_names_of_today IS 'Part of store_git: the documents, by position, with repository as repository_renames has it for when each was received';
