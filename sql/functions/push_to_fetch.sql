-- What a fetch_commits job is to ask for.

CREATE OR REPLACE FUNCTION jirasync.push_to_fetch(p_tenant text, p_source text, p_key text)
RETURNS TABLE (repository text, ref text, delivery_id text, change integer, before text, after text, waits_for text, wait_ms integer)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_name  text[] := regexp_match(p_key, '^(.*)/([0-9]{1,9})$');
    v_push  jirasync.pushes;
BEGIN
    -- Gone, whole by now, or read by an import: then there is nothing to do.
    SELECT p.* INTO v_push
      FROM jirasync.pushes p
     WHERE p.tenant = p_tenant AND p.source = p_source AND p.delivery_id = v_name[1] AND p.change = v_name[2]::integer
       AND (EXISTS (SELECT FROM jirasync.push_gaps g
                     WHERE g.tenant = p_tenant AND g.source = p_source AND g.repository = p.repository
                       AND g.delivery_id = p.delivery_id AND g.change = p.change
                       AND g.reason IN ('truncated', 'no commits listed', 'unknown commit'))
            OR jirasync.is_push_guessed(p_tenant, p_source, p.delivery_id, p.change));
    IF v_push.delivery_id IS NULL THEN
        RETURN;
    END IF;
    repository := v_push.repository;
    ref := v_push.ref;
    delivery_id := v_push.delivery_id;
    change := v_push.change;
    before := v_push.before;
    after := coalesce(v_push.peeled, v_push.after);
    -- What a new branch brought is what nothing held before it: so what came before it has to be known.
    IF before IS NULL THEN
        SELECT jirasync.fetch_key(o.delivery_id, o.change),
               500 + greatest(0, least(60000, 1000 * extract(epoch FROM j.run_at - clock_timestamp())))::integer
          INTO waits_for, wait_ms
          FROM jirasync.pushes o
          JOIN jirasync.jobs j
            ON j.tenant = p_tenant AND j.kind = 'fetch_commits' AND j.source = p_source
           AND j.key = jirasync.fetch_key(o.delivery_id, o.change) AND j.state <> 'discarded'
         WHERE o.tenant = p_tenant AND o.source = p_source AND o.repository = v_push.repository AND NOT o.is_whole
           AND (o.received_at, o.seq) < (v_push.received_at, v_push.seq)
         ORDER BY o.received_at, o.seq LIMIT 1;
    END IF;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION jirasync.push_to_fetch(text, text, text) IS
    'The push that a fetch_commits job names (DELIVERY_ID/CHANGE), while commits of it are missing, or what they stand on; no row when nothing is to be fetched for it any more. waits_for: a job of an earlier push of the repository that a new branch has to wait for, and look at again in wait_ms';
