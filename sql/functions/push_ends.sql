-- Where the pushes of a ref end.
CREATE OR REPLACE FUNCTION jirasync.push_ends(
    p_before text[], p_after text[], p_at timestamptz[], p_start text, p_start_at timestamptz)
RETURNS TABLE (tip text, at timestamptz) LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    -- Pushes that join up enter each tip as often as they leave it, but for the last one: whatever their order.
    RETURN QUERY
        SELECT t.node, max(t.at)
        FROM (SELECT b.node, -1, NULL::timestamptz FROM unnest(p_before) b (node)
              UNION ALL
              SELECT a.node, 1, a.at FROM unnest(p_after, p_at) a (node, at)
              UNION ALL
              SELECT p_start, 1, p_start_at WHERE p_start IS NOT NULL) t (node, sign, at)
        GROUP BY t.node
        HAVING sum(t.sign) > 0;
    IF NOT FOUND THEN
        -- They lead round in a ring, and a ring begins and ends where there was no ref, if it goes there.
        RETURN QUERY
            SELECT a.node, max(a.at) FROM unnest(p_after, p_at) a (node, at)
            GROUP BY a.node ORDER BY a.node = '' DESC, max(a.at) DESC, a.node LIMIT 1;
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.push_ends IS 'The tips that the given pushes (parallel arrays, empty for a ref that is not there) enter more often than they leave; p_start is entered once more. One tip where no push is missing, whatever the order they are given in; of a ring the one where the ref is not there, else the last';
