-- For what commits_between() may be wrong.

CREATE OR REPLACE FUNCTION jirasync.range_doubts(p_tenant text, p_source text, p_repository text, p_from text, p_to text)
RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET jit = off
AS $$
BEGIN
    RETURN ARRAY(
        SELECT DISTINCT substr(n.note, length('approximate: ') + 1) AS doubt
          FROM unnest(ARRAY[p_from, p_to]) AS r (revision)
         CROSS JOIN LATERAL jirasync.revision_extent(p_tenant, p_source, p_repository, r.revision) e
         CROSS JOIN LATERAL unnest(e.notes) AS n (note)
         WHERE starts_with(n.note, 'approximate: ')
         ORDER BY 1);
END
$$;
COMMENT ON FUNCTION jirasync.range_doubts(text, text, text, text, text) IS
    'The notes of commits_between() that say why the range may not be exact; empty where it is';
