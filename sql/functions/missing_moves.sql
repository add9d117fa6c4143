-- The moves of a branch that no push told.
CREATE OR REPLACE FUNCTION jirasync.missing_moves(
    p_befores text[], p_afters text[], p_times timestamptz[], p_ends text[], p_ended_at timestamptz[], p_tip text,
    OUT befores text[], OUT afters text[])
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    -- What begins where no push ends goes on from where the branch was last before that.
    SELECT array_agg(e.tip ORDER BY b.before), array_agg(b.before ORDER BY b.before) INTO befores, afters
    FROM (SELECT m.before, min(m.at) AS at FROM unnest(p_befores, p_times) m (before, at)
          WHERE m.before <> '' AND m.before <> ALL (p_afters) AND m.before <> ALL (p_ends)
          GROUP BY m.before) b
    CROSS JOIN LATERAL (
        SELECT n.tip FROM unnest(p_ends, p_ended_at) n (tip, at)
        WHERE n.tip <> '' AND n.tip <> p_tip AND n.at < b.at ORDER BY n.at DESC, n.tip LIMIT 1) e;
END
$$;
COMMENT ON FUNCTION jirasync.missing_moves IS 'Part of pushed_tip: of pushes (parallel arrays) that end at several commits, the moves between them that nobody told, as they most likely were: a branch most often goes on from what it had';
