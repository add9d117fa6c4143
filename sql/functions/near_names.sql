-- Names that look like one that was asked for in vain.
CREATE OR REPLACE FUNCTION jirasync.near_names(p_wanted text, p_names text[], p_most integer DEFAULT 5)
RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_wanted  text := '  ' || lower(coalesce(p_wanted, '')) || ' ';
BEGIN
    -- Alike are names that share many runs of three letters.
    RETURN (
        SELECT string_agg(n.name, ', ' ORDER BY n.shared DESC, n.name)
        FROM (SELECT s.name, s.shared
              FROM (SELECT DISTINCT u.name FROM unnest(p_names) u (name)) d
              CROSS JOIN LATERAL (
                  SELECT d.name, count(*)::numeric / (length(d.name) + length(v_wanted)) AS shared
                  FROM generate_series(1, length(v_wanted) - 2) i
                  WHERE strpos('  ' || lower(d.name) || ' ', substr(v_wanted, i, 3)) > 0) s
              ORDER BY s.shared DESC, s.name
              LIMIT p_most) n);
END
$$;
COMMENT ON FUNCTION jirasync.near_names IS 'Of the names the p_most that look most like the wanted one, as a list to show in a hint; NULL for no names';
