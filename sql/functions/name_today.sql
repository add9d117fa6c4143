-- The name that a repository has today which had another one then.
CREATE OR REPLACE FUNCTION jirasync.name_today(p_tenant text, p_source text, p_repository text, p_at timestamptz)
RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((
        SELECT r.repository FROM jirasync.repository_renames r
        WHERE r.tenant = p_tenant AND r.source = p_source AND r.former = p_repository AND r.renamed_at >= p_at
        ORDER BY r.renamed_at LIMIT 1), p_repository);
END
$$;
COMMENT ON FUNCTION jirasync.name_today IS 'The name that the repository has today which had the given one at the given time: the same, unless repository_renames says otherwise';
