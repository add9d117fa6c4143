-- What a waiver must say.
CREATE OR REPLACE FUNCTION jirasync.check_waiver(p_reason text, p_waived_by text, p_expires_at timestamptz)
RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF btrim(coalesce(p_reason, '')) = '' OR btrim(coalesce(p_waived_by, '')) = '' THEN
        RAISE EXCEPTION 'a waiver needs a reason and a name'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'They are shown wherever the waiver is.';
    END IF;
    IF p_expires_at <= now() THEN
        RAISE EXCEPTION 'a waiver can''t end in the past (%)', p_expires_at
            USING ERRCODE = 'invalid_parameter_value', HINT = 'To end one now, take it back with unwaive_issue or unwaive_commit.';
    END IF;
END
$$;
COMMENT ON FUNCTION jirasync.check_waiver IS 'Raises where a waiver has no reason, no name or an end in the past';
