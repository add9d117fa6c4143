-- Procedures of tests/bench/correlation.py: they do over a loaded history what the receiver and a worker do.
CREATE SCHEMA bench;
CREATE TABLE bench.batch (what text, batch int, ms float8);
CREATE TABLE bench.spent (what text, batch int, jobs bigint, cpu_us float8);

-- Time this backend spent on a processor.
CREATE FUNCTION bench.cpu_us() RETURNS float8 LANGUAGE plpgsql AS $$
BEGIN
    RETURN split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float8 / 1000;
END
$$;

-- Some of the issues that commits name; the same ones for the same numbers.
CREATE FUNCTION bench.some_issues(p_named bigint, p_count bigint, p_seed bigint) RETURNS bigint[] LANGUAGE plpgsql AS $$
BEGIN
    RETURN ARRAY(SELECT n FROM generate_series(1, p_named) n ORDER BY hashint8extended(n, p_seed), n LIMIT p_count);
END
$$;

-- Events that repeat what the issues showed, p_times each, later than all before: rows and snapshots as the store writes
-- them.
CREATE PROCEDURE bench.update_issues(p_ids bigint[], p_times int) LANGUAGE plpgsql AS $$
DECLARE
    v_last  timestamptz := (SELECT max(at) FROM jirasync.issue_snapshots);
BEGIN
    INSERT INTO jirasync.issue_snapshots
        (tenant, source, issue_id, at, delivery_id, version_ids, version_names, project_id, project_key, project_name,
         parent_id, parent_key, created_at, rank_timestamp, rank_sha256)
    SELECT last.tenant, last.source, last.issue_id, now_at.at, last.delivery_id || '+' || e,
           last.version_ids, last.version_names, last.project_id, last.project_key, last.project_name, last.parent_id,
           last.parent_key, last.created_at, now_at.at, sha256((last.delivery_id || '+' || e)::bytea)
    FROM unnest(p_ids) WITH ORDINALITY u (id, n)
    CROSS JOIN LATERAL (
        SELECT * FROM jirasync.issue_snapshots p WHERE p.tenant = 'main' AND p.source = 'default' AND p.issue_id = u.id
        ORDER BY p.at DESC LIMIT 1) last
    CROSS JOIN LATERAL generate_series(1, p_times) e
    CROSS JOIN LATERAL (SELECT v_last + (e * cardinality(p_ids) + u.n) * interval '1 second' AS at) now_at;
    UPDATE jirasync.issues i
    SET updated_at = s.at, rank_updated = s.at, rank_timestamp = s.at, delivery_id = s.delivery_id
    FROM unnest(p_ids) u (id)
    CROSS JOIN LATERAL (
        SELECT * FROM jirasync.issue_snapshots p WHERE p.tenant = 'main' AND p.source = 'default' AND p.issue_id = u.id
        ORDER BY p.at DESC LIMIT 1) s
    WHERE i.tenant = 'main' AND i.source = 'default' AND i.issue_id = u.id;
END
$$;

-- Correlates the issues in batches, as a worker that has claimed their jobs.
CREATE PROCEDURE bench.correlate(p_what text, p_ids bigint[], p_is_quiet boolean, p_batch int) LANGUAGE plpgsql AS $$
DECLARE
    v_jobs    bigint[];
    v_tokens  bigint[] := array_fill(1::bigint, ARRAY[p_batch]);
    v_began   timestamptz;
    v_cpu     float8;
BEGIN
    WITH job AS (
        INSERT INTO jirasync.jobs (tenant, kind, source, key, is_quiet, state, lease_token, lease_expires_at, leased_by)
        SELECT 'main', 'correlate_issue', 'default', u.id, p_is_quiet, 'running', 1, now() + interval '1 hour', 'bench'
        FROM unnest(p_ids) u (id)
        RETURNING id
    )
    SELECT array_agg(id ORDER BY id) INTO v_jobs FROM job;
    COMMIT;
    v_cpu := bench.cpu_us();
    FOR n IN 0 .. cardinality(v_jobs) / p_batch - 1 LOOP
        v_began := clock_timestamp();
        PERFORM jirasync.lock_correlation('main');
        PERFORM jirasync.correlate('main', 'bench', v_jobs[n * p_batch + 1 : (n + 1) * p_batch], v_tokens);
        COMMIT;
        INSERT INTO bench.batch VALUES (p_what, p_batch, 1000 * extract(epoch FROM clock_timestamp() - v_began));
    END LOOP;
    INSERT INTO bench.spent VALUES (p_what, p_batch, cardinality(v_jobs) / p_batch * p_batch, bench.cpu_us() - v_cpu);
    COMMIT;
END
$$;
