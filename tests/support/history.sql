-- Random histories of issues and commits, over the functions of facts.sql.
CREATE FUNCTION facts.roll(p_sides int) RETURNS int LANGUAGE sql AS $$ SELECT floor(random() * p_sides)::int $$;

CREATE FUNCTION facts.some_versions(p_share float) RETURNS bigint[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT v::bigint FROM generate_series(10, 13) v WHERE random() < p_share ORDER BY random())
$$;

-- Few instants, few keys, few names: so that ties, contested keys and renamed versions are common.
CREATE FUNCTION facts.random_issue() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_id        bigint := 1 + facts.roll(10);
    v_versions  bigint[] := facts.some_versions(0.4);
    v_project   int := facts.roll(2);
BEGIN
    PERFORM facts.issue(
        v_id,
        (ARRAY['APP', 'OPS'])[1 + v_project] || '-' || CASE facts.roll(4) WHEN 0 THEN 1 + facts.roll(10) ELSE v_id END,
        '2026-03-01 00:' || lpad(facts.roll(30)::text, 2, '0') || 'Z', v_versions,
        ARRAY(SELECT '1.' || v || (ARRAY['', '', '-rc', '.0'])[1 + facts.roll(4)] FROM unnest(v_versions) v),
        facts.some_versions(0.2), facts.some_versions(0.2),
        parent => CASE facts.roll(2) WHEN 0 THEN 1 + facts.roll(10) END,
        parent_key => 'APP-' || facts.roll(10), level => facts.roll(3) - 1, project => 10000 + v_project,
        project_key => (ARRAY['APP', 'OPS', 'APX'])[1 + v_project + facts.roll(2)],
        delivery => 'd' || v_id || '-' || facts.roll(1000000));
END
$$;

-- Names of eight digits that differ in the last two: seven digits of a sha often fit several commits.
CREATE FUNCTION facts.random_name() RETURNS text LANGUAGE sql AS $$
    SELECT 'abcdef' || lpad(to_hex(facts.roll(24)), 2, '0')
$$;

CREATE FUNCTION facts.random_repository() RETURNS text LANGUAGE sql AS $$
    SELECT (ARRAY['org/app', 'org/app', 'org/lib'])[1 + facts.roll(3)]
$$;

CREATE FUNCTION facts.random_commit() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM facts.commit(
        facts.random_name(),
        ARRAY(SELECT (ARRAY['APP', 'APP', 'OPS', 'UTF'])[1 + facts.roll(4)] || '-' || 1 + facts.roll(12)
              FROM generate_series(1, facts.roll(3))),
        CASE facts.roll(4) WHEN 0 THEN NULL ELSE '2026-03-02 00:' || lpad(facts.roll(60)::text, 2, '0') || 'Z' END,
        CASE facts.roll(4) WHEN 0 THEN NULL ELSE ARRAY(
            SELECT facts.random_name() FROM generate_series(1, facts.roll(3))) END,
        CASE facts.roll(2) WHEN 0 THEN ARRAY(
            SELECT left(facts.sha(facts.random_name()), (ARRAY[7, 8, 40])[1 + facts.roll(3)])
            FROM generate_series(1, 1 + facts.roll(2))) END,
        p_repository => facts.random_repository());
END
$$;

CREATE FUNCTION facts.random_placing() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_repository  text := facts.random_repository();
    v_sha         text := facts.sha(facts.random_name());
BEGIN
    IF facts.roll(3) > 0 THEN
        PERFORM facts.place('refs/heads/' || (ARRAY['main', 'release/1'])[1 + facts.roll(2)], facts.roll(4),
                            ARRAY(SELECT DISTINCT facts.random_name() FROM generate_series(1, 3) ORDER BY 1), v_repository);
    ELSE
        DELETE FROM jirasync.commit_refs WHERE tenant = 'main' AND source = 'git' AND repository = v_repository AND sha = v_sha;
        PERFORM facts.touch('correlate_commit', 'git', v_repository || '@' || v_sha);
    END IF;
END
$$;

CREATE FUNCTION facts.random_fact() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CASE
        -- a deletion is for ever: seldom, or no issue would be left
        WHEN facts.roll(80) = 0 THEN
            PERFORM facts.issue_deleted(1 + facts.roll(10), '2026-03-01 00:' || 10 + facts.roll(50) || 'Z');
        WHEN facts.roll(5) < 2 THEN PERFORM facts.random_issue();
        WHEN facts.roll(4) = 0 THEN PERFORM facts.random_placing();
        ELSE PERFORM facts.random_commit();
    END CASE;
END
$$;

-- Facts and correlation in turn, each in a transaction of its own, as the receiver and a worker have them.
CREATE PROCEDURE facts.live(p_seed float, p_steps int) LANGUAGE plpgsql AS $$
DECLARE
    v_ids bigint[];
BEGIN
    PERFORM setseed(p_seed);
    FOR n IN 1 .. p_steps LOOP
        IF facts.roll(3) > 0 THEN
            PERFORM facts.random_fact();
            COMMIT;
        ELSE
            v_ids := facts.claim(1 + facts.roll(6));
            COMMIT;
            PERFORM facts.correlate(v_ids);
            COMMIT;
        END IF;
    END LOOP;
END
$$;
