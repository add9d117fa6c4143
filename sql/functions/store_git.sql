-- What the fresh members of a batch say about git: pushes with their commits, pull requests, default branches; and jobs.
--
-- A batch means what its members, stored one by one, would mean; any order of the same members ends in the same rows. One
-- batch of these at a time (store_deliveries holds the lock), so that what is read here stays true until it is written.
-- An import does not take that lock: commits that it has read are left alone, whoever comes first.

CREATE OR REPLACE FUNCTION jirasync.store_git(
    p_outcome text[], p_outcome_now text[], p_known boolean[],
    p_tenant text[], p_source text[], p_kind text[], p_delivery_id text[], p_body_sha256 bytea[],
    p_received_at timestamptz[], p_git text[],
    OUT outcome text[], OUT new_jobs integer)
LANGUAGE plpgsql
AS $$
DECLARE
    v_git       jsonb[] := ARRAY(
        SELECT CASE WHEN m.outcome = 'fresh' THEN m.git::jsonb END
          FROM unnest(p_outcome, p_git) WITH ORDINALITY AS m (outcome, git, place) ORDER BY m.place);
    v_step      record;
    v_requests  bigint[];
    v_tenants   text[] := '{}';
    v_sources   text[] := '{}';
    v_keys      text[] := '{}';
    v_tenant    text;
BEGIN
    v_git := jirasync.under_names_of_today(p_tenant, p_source, p_received_at, v_git);
    IF true = ANY (p_known) THEN
        SELECT * INTO v_step
          FROM jirasync.forget_pushes(p_outcome, p_known, p_tenant, p_source, p_kind, p_delivery_id);
        v_tenants := v_step.tenants;
        v_sources := v_step.sources;
        v_keys := v_step.keys;
    END IF;
    SELECT * INTO v_step FROM jirasync.store_pushes(p_tenant, p_source, p_delivery_id, p_received_at, v_git);
    v_tenants := v_tenants || v_step.tenants;
    v_sources := v_sources || v_step.sources;
    v_keys := v_keys || v_step.keys;
    SELECT * INTO v_step FROM jirasync.store_pushed_commits(p_tenant, p_source, p_delivery_id, p_known, v_git);
    v_tenants := v_tenants || v_step.tenants;
    v_sources := v_sources || v_step.sources;
    v_keys := v_keys || v_step.keys;
    SELECT * INTO v_step
      FROM jirasync.store_pull_requests(p_tenant, p_source, p_delivery_id, p_body_sha256, p_known, v_git);
    v_requests := v_step.applied;
    v_tenants := v_tenants || v_step.tenants;
    v_sources := v_sources || v_step.sources;
    v_keys := v_keys || v_step.keys;
    SELECT * INTO v_step FROM jirasync.store_default_branches(p_tenant, p_source, v_git);
    v_tenants := v_tenants || v_step.tenants;
    v_sources := v_sources || v_step.sources;
    v_keys := v_keys || v_step.keys;

    new_jobs := 0;
    FOR v_tenant IN SELECT DISTINCT t FROM unnest(v_tenants) t ORDER BY t LOOP
        new_jobs := new_jobs + (
            SELECT jirasync.enqueue_jobs(v_tenant, array_agg(j.kind), array_agg(j.source), array_agg(j.key))
              FROM (SELECT 'correlate_commit' AS kind, c.*
                      FROM unnest(v_tenants, v_sources, v_keys) AS c (tenant, source, key)
                    UNION ALL
                    -- Of each push that left commits out, or their parents, its host is asked for them, where it can be.
                    SELECT 'fetch_commits', m.tenant, m.source, jirasync.fetch_key(m.delivery_id, g.change::integer)
                      FROM unnest(p_tenant, p_source, p_delivery_id, v_git) AS m (tenant, source, delivery_id, git)
                      JOIN jirasync.sources s ON s.tenant = m.tenant AND s.source = m.source AND s.has_credentials
                     CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(m.git -> 'changes') AS (
                           after text, is_notice boolean, is_whole boolean)) WITH ORDINALITY
                           AS g (after, is_notice, is_whole, change)
                     WHERE NOT g.is_notice AND g.after IS NOT NULL
                       AND (NOT g.is_whole
                            OR jirasync.is_push_guessed(m.tenant, m.source, m.delivery_id, g.change::integer))) j
             WHERE j.tenant = v_tenant);
    END LOOP;
    outcome := ARRAY(
        SELECT CASE WHEN m.git IS NULL THEN m.outcome
                    WHEN jsonb_array_length(m.git -> 'changes') > 0 OR m.place = ANY (v_requests) THEN 'applied'
                    WHEN jsonb_typeof(m.git -> 'pull_request') = 'object' THEN 'stale'
                    WHEN m.git ->> 'default_branch' <> '' THEN 'applied'
                    ELSE 'ignored' END
          FROM unnest(p_outcome_now, v_git) WITH ORDINALITY AS m (outcome, git, place)
         ORDER BY m.place);
END
$$;
COMMENT ON FUNCTION jirasync.store_git IS
    'Part of store_deliveries: spreads the documents that git hosts'' deliveries are reduced to (normalize_git_json) over pushes, push_commits, commits, commit_keys, refused_keys, pull_requests and repositories, asks for their correlation, and their host for what they left out; by position, applied, stale, or ignored where one tells nothing';
