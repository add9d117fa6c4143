-- Gives what an import has read of a repository's branches and tags to another name; what is derived is dropped under both.
CREATE OR REPLACE FUNCTION jirasync.move_refs(p_tenant text, p_source text, p_former text, p_repository text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_names  text[] := ARRAY[p_former, p_repository];
    v_older  text;
BEGIN
    -- Only the later of two imports counts.
    SELECT r.repository INTO v_older
    FROM jirasync.refs r
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = ANY (v_names) AND r.imported_at IS NOT NULL
    GROUP BY r.repository
    ORDER BY max(r.imported_at) DESC, r.repository = p_former OFFSET 1;
    DELETE FROM jirasync.commit_refs o
    WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = ANY (v_names)
      AND (o.is_pushed OR o.repository = v_older);
    DELETE FROM jirasync.refs r
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = ANY (v_names)
      AND (r.imported_at IS NULL OR r.repository = v_older);
    DELETE FROM jirasync.counted_reach b
    WHERE b.tenant = p_tenant AND b.source = p_source AND b.repository = p_former;
    UPDATE jirasync.commit_refs o SET repository = p_repository
    WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = p_former;
    UPDATE jirasync.refs r SET repository = p_repository
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_former;
    -- The default branch of the newest push, wherever an import has not told it since, as store_default_branches has it.
    WITH gone AS (
        DELETE FROM jirasync.repositories r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = ANY (v_names)
        RETURNING r.*
    ), told AS (
        SELECT max(g.default_branch_at) AS at, max(g.refs_read_at) AS read_at,
               coalesce((array_agg(g.default_branch ORDER BY g.default_branch_at DESC NULLS LAST)
                            FILTER (WHERE g.default_branch_at IS NOT NULL))[1], max(g.default_branch)) AS branch
        FROM gone g
    )
    INSERT INTO jirasync.repositories (tenant, source, repository, knows_branches, default_branch, default_branch_at, refs_read_at)
    SELECT p_tenant, p_source, p_repository, EXISTS (
               SELECT FROM jirasync.refs r
               WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_repository AND r.kind = 'branch'),
           coalesce((
               SELECT p.default_branch FROM jirasync.pushes p
               WHERE p.tenant = p_tenant AND p.source = p_source AND p.repository = ANY (v_names)
                 AND p.received_at > coalesce(t.at, '-infinity') AND p.default_branch IS NOT NULL
               ORDER BY p.received_at DESC, p.default_branch DESC LIMIT 1), t.branch), t.at, t.read_at
    FROM told t;
END
$$;
COMMENT ON FUNCTION jirasync.move_refs IS 'Part of rename_repository: moves what imports wrote of refs and places, and what is known of the default branch, and drops what pushes tell besides, which the correlation derives anew';
