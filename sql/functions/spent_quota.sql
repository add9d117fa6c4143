-- When a quota that is used up begins anew.

CREATE OR REPLACE FUNCTION jirasync.spent_quota(p_text text, p_now timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    -- "tenant-app-quota";r=0;t=2788, several of them after commas.
    RETURN (SELECT max(p_now + m[2]::double precision * interval '1 s')
              FROM regexp_matches(p_text, ';\s*r=([0-9]{1,15})\s*;\s*t=([0-9]{1,9})', 'g') AS m
             WHERE m[1]::bigint = 0);
END
$$;
COMMENT ON FUNCTION jirasync.spent_quota(text, timestamptz) IS
    'When the last of the quotas of points that RateLimit says are used up (r=0) begins anew (t seconds from now); NULL when none is';
