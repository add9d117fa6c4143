-- When a header says that a limit ends.

CREATE OR REPLACE FUNCTION jirasync.header_instant(p_text text, p_date text, p_now timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql STABLE
SET timezone = 'UTC'
AS $$
DECLARE
    -- The second of HTTP's three forms of a date has two digits for the year.
    v_text  text := regexp_replace(btrim(p_text), '^[A-Za-z]+, ([0-9]{2})-([A-Za-z]{3})-([0-9]{2}) ', '\1 \2 20\3 ');
    v_skew  interval := interval '0';
BEGIN
    IF v_text ~ '^[0-9]{1,9}(\.[0-9]+)?$' THEN
        RETURN p_now + v_text::double precision * interval '1 s';
    END IF;
    -- The site's clock may differ from ours: what counts is how long after its own Date a moment is.
    IF p_date ~ '^[A-Za-z]{3}, [0-9]{2} [A-Za-z]{3} [0-9]{4} [0-9:]{8} GMT$' THEN
        v_skew := p_now - p_date::timestamptz;
    END IF;
    IF v_text ~ '^[0-9]{10}$' THEN
        RETURN to_timestamp(v_text::double precision) + v_skew;
    END IF;
    IF v_text ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})$'
       OR v_text ~ '^([A-Za-z]{3}, )?[0-9]{2} [A-Za-z]{3} [0-9]{4} [0-9:]{8} GMT$'
       OR v_text ~ '^[A-Za-z]{3} [A-Za-z]{3} [ 0-9][0-9] [0-9:]{8} [0-9]{4}$' THEN
        RETURN v_text::timestamptz + v_skew;
    END IF;
    RETURN NULL;
EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format OR numeric_value_out_of_range THEN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION jirasync.header_instant(text, text, timestamptz) IS
    'The moment that Retry-After or X-RateLimit-Reset names: seconds from now, epoch seconds, ISO 8601 (even without seconds) or one of the three HTTP dates, measured against the answer''s own Date where that is given; NULL for anything else';
