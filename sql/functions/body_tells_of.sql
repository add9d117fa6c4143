-- Whether a raw body tells of an issue.

CREATE OR REPLACE FUNCTION jirasync.body_tells_of(p_body bytea, p_issue_id bigint, p_keys text[], p_children text[])
RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_id    text := p_issue_id::text;
    v_json  jsonb;
    v_text  text;
BEGIN
    BEGIN
        v_json := convert_from(p_body, 'UTF8')::jsonb;
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
        -- What can't be read is taken to tell of the issue where it names it.
        v_text := encode(p_body, 'escape');
        RETURN v_text ~ ('"id"\s*:\s*"?' || v_id || '[",}\s]')
            OR v_text ~ ('"issueId"\s*:\s*"?' || v_id || '[",}\s]')
            OR EXISTS (SELECT FROM unnest(p_keys) k (key)
                        WHERE v_text ~ ('(^|[^A-Za-z0-9_])' || regexp_replace(k.key, '([^[:alnum:]_])', '\\\1', 'g')
                                        || '($|[^A-Za-z0-9])'));
    END;
    RETURN coalesce(v_json #>> '{issue,id}' = v_id, v_json #>> '{issue,key}' = ANY (p_keys), false)
        OR coalesce(v_json #>> '{worklog,issueId}' = v_id, false)
        OR coalesce(v_json #>> '{comment,self}' LIKE '%/issue/' || v_id || '/%', false)
        OR coalesce(v_json #>> '{issueLink,sourceIssueId}' = v_id, false)
        OR coalesce(v_json #>> '{issueLink,destinationIssueId}' = v_id, false)
        OR coalesce('comment/' || (v_json #>> '{comment,id}') = ANY (p_children), false)
        OR coalesce('attachment/' || (v_json #>> '{attachment,id}') = ANY (p_children), false);
END
$$;
COMMENT ON FUNCTION jirasync.body_tells_of(bytea, bigint, text[], text[]) IS
    'Part of forget_issue: whether a delivery''s body is about the issue of this id and these keys, or about one of its children (comment/ID, attachment/ID). A body that is no JSON is when it names the issue';
