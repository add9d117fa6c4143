-- A gap in what pushes told, in words.
CREATE OR REPLACE FUNCTION jirasync.gap_words(p_ref text, p_reason text, p_listed integer, p_total bigint)
RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE p_reason
        WHEN 'chain broken' THEN format('a push to %s was missed', p_ref)
        WHEN 'truncated' THEN format('a push to %s listed only %s', p_ref,
                                     p_listed || coalesce(' of its ' || p_total || ' commits', ' commits'))
        WHEN 'no commits listed' THEN format('a push to %s listed no commits', p_ref)
        ELSE format('%s: %s', p_ref, p_reason) END;
END
$$;
COMMENT ON FUNCTION jirasync.gap_words IS 'A row of push_gaps as a person reads it';
