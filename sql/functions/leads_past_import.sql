-- Do pushes that came before an import lead on from what it read?
CREATE OR REPLACE FUNCTION jirasync.leads_past_import(
    p_tenant text, p_source text, p_repository text, p_ref text, p_kind text, p_imported_sha text,
    p_imported_at timestamptz)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_all  record;
    v_tip  text;
BEGIN
    SELECT array_agg(p.before) AS befores, array_agg(p.after) AS afters, array_agg(p.received_at) AS times,
           bool_or(p.goes_back) AS goes_back INTO v_all
    FROM jirasync.pushes_of_ref(p_tenant, p_source, p_repository, p_ref, p_kind) p
    WHERE p.received_at <= p_imported_at;
    IF v_all.befores IS NULL OR coalesce(p_imported_sha, '') <> ALL (v_all.befores) THEN
        RETURN false;
    END IF;
    SELECT e.tip INTO v_tip FROM jirasync.push_ends(v_all.befores, v_all.afters, v_all.times, v_all.goes_back, NULL,
                                                 NULL) e
    WHERE e.is_end ORDER BY e.at DESC, e.tip LIMIT 1;
    RETURN v_tip <> '' AND NOT EXISTS (
        SELECT FROM jirasync.commits c
        WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = p_repository AND c.sha = v_tip
          AND c.is_from_history);
END
$$;
COMMENT ON FUNCTION jirasync.leads_past_import IS 'True where pushes received before an import start at the tip that it read and end at a commit that it has not got: the clone was older than they are';
