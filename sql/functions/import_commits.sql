-- Takes over what an import copied into the temporary tables.
CREATE OR REPLACE FUNCTION jirasync.import_commits(
    p_tenant text, p_source text, p_repository text, p_all_refs boolean, p_all_commits boolean, p_chunk integer,
    OUT commits bigint, OUT inserted integer, OUT updated integer, OUT refs integer, OUT places integer,
    OUT keys integer, OUT jobs integer)
LANGUAGE plpgsql
-- Whole tables are joined, whatever the statistics say of a repository that is new: hashes, no loops, no sorts.
SET enable_nestloop = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    v_first_seq  bigint;
BEGIN
    ANALYZE pg_temp.import_refs, pg_temp.import_places, pg_temp.import_commits;
    -- What pushes tell of the refs goes by what imports wrote: the two never write at once.
    PERFORM jirasync.lock_correlation(p_tenant);
    PERFORM jirasync.import_name_requests(p_tenant, p_source, p_repository);
    v_first_seq := nextval(pg_get_serial_sequence('jirasync.commits', 'changed_seq'));
    commits := (SELECT count(*) FROM pg_temp.import_commits);
    refs := jirasync.import_write_refs(p_tenant, p_source, p_repository, p_all_refs);
    places := jirasync.import_write_places(p_tenant, p_source, p_repository, p_all_commits);
    PERFORM jirasync.write_ref_limits(p_tenant, p_source, p_repository);
    keys := jirasync.import_write_keys(p_tenant, p_source, p_repository)
        + jirasync.import_write_refused(p_tenant, p_source, p_repository);
    SELECT w.inserted, w.updated INTO inserted, updated
    FROM jirasync.import_write_commits(p_tenant, p_source, p_repository, v_first_seq) w;
    keys := keys + jirasync.import_write_evidence(p_tenant, p_source, p_repository);
    jobs := jirasync.import_enqueue(p_tenant, p_source, p_repository, v_first_seq, p_chunk);
    -- Pushes may know more of the refs than the clone did, and reverts may hold on other branches, whatever became of commits.
    IF jirasync.is_told_of(p_tenant, p_source, p_repository) OR refs > 0 AND EXISTS (
            SELECT FROM jirasync.revert_names n
            WHERE n.tenant = p_tenant AND n.source = p_source AND n.repository = p_repository) THEN
        jobs := jobs + jirasync.enqueue_jobs(p_tenant, '{correlate_commit}', ARRAY[p_source], ARRAY[p_repository || '^*']);
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.import_commits IS 'Write a repository that import-commits copied into the temporary tables of import_prepare: refs, places, keys, commits, then one job a chunk, and one over all refs where webhooks tell of the repository or it has reverts and a ref changed. Only what differs is written; returns what changed';
