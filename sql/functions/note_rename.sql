-- Remembers under which name a repository goes that had another one.
CREATE OR REPLACE FUNCTION jirasync.note_rename(
    p_tenant text, p_source text, p_former text, p_repository text, p_until timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- What was called otherwise before that is called so now; a repository that has its old name back has no other one.
    UPDATE jirasync.repository_renames r SET repository = p_repository
    WHERE r.tenant = p_tenant AND r.source = p_source AND r.repository = p_former;
    DELETE FROM jirasync.repository_renames r
    WHERE r.tenant = p_tenant AND r.source = p_source
      AND (r.former = r.repository
           -- the same again: its end moves
           OR r.former = p_former AND r.repository = p_repository AND NOT EXISTS (
               SELECT FROM jirasync.repository_renames o
               WHERE o.tenant = p_tenant AND o.source = p_source AND o.former = p_former AND o.renamed_at > r.renamed_at));
    INSERT INTO jirasync.repository_renames (tenant, source, former, renamed_at, repository)
    VALUES (p_tenant, p_source, p_former, p_until, p_repository);
END
$$;
COMMENT ON FUNCTION jirasync.note_rename IS 'Part of rename_repository: writes what repository_renames is to say';
