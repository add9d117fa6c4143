-- Which fetched issues the mirror shows already?

CREATE OR REPLACE FUNCTION jirasync.fetched_known(p_tenant text, p_source text, p_bodies text[])
RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
BEGIN
    RETURN QUERY
        SELECT b.place
          FROM (SELECT u.body::jsonb -> 'issue' AS issue, u.place
                  FROM unnest(p_bodies) WITH ORDINALITY AS u (body, place)
                 WHERE u.body IS NOT NULL) b
         CROSS JOIN LATERAL (
               SELECT * FROM jirasync.issues n
                WHERE n.tenant = p_tenant AND n.source = p_source AND n.issue_id = (b.issue ->> 'id')::bigint
               OFFSET 0) i
         WHERE NOT i.is_stub AND i.deleted_at IS NULL AND i.issue_key = b.issue ->> 'key' AND i.fields = b.issue -> 'fields'
         ORDER BY 1;
END
$$;
COMMENT ON FUNCTION jirasync.fetched_known(text, text, text[]) IS
    'The places of those bodies of fetched issues (event jirasync:issue_fetched) whose issue the mirror shows, alive, with the same key and fields: storing them would tell nothing';
