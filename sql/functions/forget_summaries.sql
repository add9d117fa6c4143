-- Removes an issue's summary from the documents of runs.

CREATE OR REPLACE FUNCTION jirasync.forget_summaries(p_tenant text, p_source text, p_keys text[], p_since timestamptz)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
    v_key      text;
    v_found    text;
    v_rows     bigint;
    v_all      bigint := 0;
BEGIN
    FOREACH v_key IN ARRAY p_keys LOOP
        -- As run_correlation writes it.
        v_found := format('"issue_key" : %s, "source" : %s, "summary" : "', to_json(v_key), to_json(p_source));
        UPDATE jirasync.runs r
           SET document = regexp_replace(
                   r.document,
                   '(' || regexp_replace(left(v_found, -1), '([^[:alnum:]_ ])', '\\\1', 'g') || ')"(?:[^"\\]|\\.)*"',
                   '\1null', 'g'),
               artifact = NULL
         WHERE r.tenant = p_tenant AND r.document IS NOT NULL AND r.finished_at >= p_since AND strpos(r.document, v_found) > 0;
        GET DIAGNOSTICS v_rows = ROW_COUNT;
        v_all := v_all + v_rows;
    END LOOP;
    RETURN v_all;
END
$$;
COMMENT ON FUNCTION jirasync.forget_summaries(text, text, text[], timestamptz) IS
    'Part of forget_issue: sets the summary of the issue of these keys to null in the documents of runs finished since p_since, and has the worker write their files again; returns how many documents';
