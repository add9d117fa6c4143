-- Where a branch or tag is, as imports and pushes tell together.
CREATE OR REPLACE FUNCTION jirasync.pushed_tip(
    p_tenant text, p_source text, p_repository text, p_ref text, p_kind text, p_imported_sha text,
    p_imported_at timestamptz,
    OUT tip text, OUT last_tip text, OUT seen_at timestamptz, OUT is_uncertain boolean, OUT since timestamptz,
    OUT newest bigint, OUT pushes integer, OUT missing_befores text[], OUT missing_afters text[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_all   record;
    v_ends  record;
BEGIN
    -- What an import had read, it knows better, but for pushes that lead on from what it read to commits that it has
    -- not: these are younger than the clone that was imported.
    SELECT max(p.seq), count(*) FILTER (WHERE p_imported_at IS NULL OR p.received_at > p_imported_at)
    INTO newest, pushes FROM jirasync.pushes_of_ref(p_tenant, p_source, p_repository, p_ref, p_kind) p;
    since := coalesce(p_imported_at, '-infinity');
    IF p_imported_at IS NOT NULL AND newest IS NOT NULL AND jirasync.leads_past_import(
            p_tenant, p_source, p_repository, p_ref, p_kind, p_imported_sha, p_imported_at) THEN
        since := '-infinity';
    END IF;
    IF p_kind = 'tag' THEN
        SELECT t.tip, t.last_tip, t.seen_at, t.pushes, false INTO tip, last_tip, seen_at, pushes, is_uncertain
        FROM jirasync.tag_tip(p_tenant, p_source, p_repository, p_ref, p_imported_sha, p_imported_at, since) t;
        RETURN;
    END IF;
    SELECT coalesce(array_agg(p.before), '{}') AS befores, coalesce(array_agg(p.after), '{}') AS afters,
           coalesce(array_agg(p.received_at), '{}') AS times, bool_or(p.goes_back) AS goes_back, count(*) AS count,
           (array_agg(p.before ORDER BY p.received_at DESC, p.seq DESC) FILTER (WHERE p.after = ''))[1] AS deleted_from
    INTO v_all FROM jirasync.pushes_of_ref(p_tenant, p_source, p_repository, p_ref, p_kind) p
    WHERE p.received_at > since;
    pushes := v_all.count;
    WITH odd AS MATERIALIZED (
        SELECT e.*, p_imported_at IS NOT NULL AND EXISTS (
                   SELECT FROM jirasync.commits c
                   WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = e.tip
                     AND c.is_from_history) AS is_read
        FROM jirasync.push_ends(
            v_all.befores, v_all.afters, v_all.times, v_all.goes_back,
            CASE WHEN p_imported_at IS NOT NULL AND since <> '-infinity' THEN coalesce(p_imported_sha, '') END,
            p_imported_at) e
    ), ends AS MATERIALIZED (
        -- A delivery that came late, and tells of what the import had read, ends there; if at the very tip that was read, it
        -- began at something that was read, too, or with the ref. What is younger counts.
        SELECT o.tip, o.at,
               CASE WHEN o.tip IS DISTINCT FROM p_imported_sha THEN CASE WHEN o.is_read THEN 2 ELSE 0 END
                    WHEN EXISTS (SELECT FROM odd b WHERE NOT b.is_end AND (b.is_read OR b.tip = '')) THEN 1
                    ELSE 0 END AS age
        FROM odd o WHERE o.is_end
    ), likely AS MATERIALIZED (
        SELECT e.tip, e.at FROM ends e WHERE e.age = (SELECT min(o.age) FROM ends o)
    )
    SELECT array_agg(l.tip ORDER BY l.at DESC, l.tip) AS tips, array_agg(l.at ORDER BY l.at DESC, l.tip) AS times INTO v_ends
    FROM likely l;
    tip := v_ends.tips[1];
    seen_at := v_ends.times[1];
    is_uncertain := coalesce(cardinality(v_ends.tips) > 1, false);
    IF is_uncertain THEN
        SELECT m.befores, m.afters INTO missing_befores, missing_afters
        FROM jirasync.missing_moves(v_all.befores, v_all.afters, v_all.times, v_ends.tips, v_ends.times, tip) m;
    END IF;
    last_tip := CASE WHEN tip <> '' THEN tip ELSE v_all.deleted_from END;
    -- Gone before the import: what it was is told by older pushes alone.
    IF tip = '' AND last_tip IS NULL AND newest IS NOT NULL THEN
        SELECT CASE WHEN p.after <> '' THEN p.after ELSE p.before END INTO last_tip
        FROM jirasync.pushes_of_ref(p_tenant, p_source, p_repository, p_ref, p_kind) p
        ORDER BY p.received_at DESC, p.seq DESC LIMIT 1;
        since := '-infinity';
        SELECT count(*) INTO pushes FROM jirasync.pushes_of_ref(p_tenant, p_source, p_repository, p_ref, p_kind) p;
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.pushed_tip IS 'The commit that a ref is at, empty where it is gone, NULL where nothing tells; last_tip the commit that it is or was at; is_uncertain: the pushes do not join up, but for the missing moves, which are guessed. Only pushes received after since say it, besides the import; pushes is how many these are, newest the seq of the newest of all';
