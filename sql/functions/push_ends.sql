-- Where the pushes of a ref end.
CREATE OR REPLACE FUNCTION jirasync.push_ends(
    p_before text[], p_after text[], p_at timestamptz[], p_goes_back boolean, p_start text, p_start_at timestamptz)
RETURNS TABLE (tip text, at timestamptz, is_end boolean) LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    -- Pushes that join up enter each tip as often as they leave it, but for the last one: whatever their order. What never
    -- went back made no move twice: then a push that comes again under another id is a copy.
    RETURN QUERY
        WITH move AS (
            SELECT m.before, m.after, max(m.at) AS at, CASE WHEN p_goes_back THEN count(*) ELSE 1 END AS times
            FROM unnest(p_before, p_after, p_at) m (before, after, at) GROUP BY m.before, m.after
        )
        SELECT t.node, max(t.at), sum(t.sign) > 0
        FROM (SELECT b.before, -b.times, NULL::timestamptz FROM move b
              UNION ALL
              SELECT a.after, a.times, a.at FROM move a
              UNION ALL
              SELECT p_start, 1, p_start_at WHERE p_start IS NOT NULL) t (node, sign, at)
        GROUP BY t.node
        HAVING sum(t.sign) <> 0;
    IF NOT FOUND THEN
        -- They lead round in a ring, and a ring begins and ends where there was no ref, if it goes there.
        RETURN QUERY
            SELECT a.node, max(a.at), true FROM unnest(p_after, p_at) a (node, at)
            GROUP BY a.node ORDER BY a.node = '' DESC, max(a.at) DESC, a.node LIMIT 1;
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.push_ends IS 'The tips that the given pushes (parallel arrays, empty for a ref that is not there) enter more often than they leave (is_end), or less often: there something is missing before them. p_start is entered once more; p_goes_back: one of the pushes may have left something behind. One end where no push is missing, whatever the order they are given in; of a ring the one where the ref is not there, else the last';
