-- Orders names of versions as people do: 1.9 before 1.10, 1.10-rc1 before 1.10.
CREATE OR REPLACE FUNCTION jirasync.version_sort_key(p_name text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_name  text := regexp_replace(lower(p_name), '^v([0-9])', '\1');
BEGIN
    -- 1.0rc1 and 1.0-rc1 are the same; what stands between numbers sorts after an end, a dash before it.
    v_name := regexp_replace(v_name, '([0-9])(rc|alpha|beta|pre|dev|snapshot|a|b|m)(?=[0-9.-]|$)', '\1-\2', 'g');
    v_name := translate(v_name, '._+', ':::') || '/';
    RETURN (
        SELECT string_agg(CASE WHEN t.part[1] ~ '^[0-9]' THEN lpad(ltrim(t.part[1], '0'), greatest(20, length(t.part[1])), '0')
                               ELSE t.part[1] END, '' ORDER BY t.n)
        FROM regexp_matches(v_name, '[0-9]+|[^0-9]+', 'g') WITH ORDINALITY t (part, n));
END
$$;
COMMENT ON FUNCTION jirasync.version_sort_key IS 'A text that, compared byte by byte (COLLATE "C"), orders names of versions and tags as people do';
