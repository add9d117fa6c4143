-- A glob of branch names, as counted_refs has it, as a regular expression.
CREATE OR REPLACE FUNCTION jirasync.glob_pattern(p_glob text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, jirasync, pg_temp AS $$
BEGIN
    RETURN '^(?:' || replace(replace(replace(regexp_replace(p_glob, '([.^$+(){}|\\])', '\\\1', 'g'),
                                             '[!', '[^'), '*', '.*'), '?', '.') || ')$';
END
$$;
COMMENT ON FUNCTION jirasync.glob_pattern IS 'The regular expression that a glob means: * any run of characters, ? one of them, [ab] and [!ab] one of a set; as fnmatch(3) without flags';
