-- Makes a push whole: its list becomes all commits that it moved, with their parents, as its host was asked for them.

CREATE OR REPLACE FUNCTION jirasync.complete_push(
    p_tenant text, p_source text, p_delivery_id text, p_change integer, p_before text, p_after text, p_commits jsonb)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_push  jirasync.pushes;
    v_step  record;
BEGIN
    -- As the store: one at a time.
    PERFORM pg_advisory_xact_lock(hashtext('jirasync'), hashtext('git'));
    SELECT * INTO v_push FROM jirasync.pushes p
     WHERE p.tenant = p_tenant AND p.source = p_source AND p.delivery_id = p_delivery_id AND p.change = p_change;
    -- Read anew meanwhile, it may tell of another move; whole, and of a commit that is known, somebody was faster.
    IF v_push.delivery_id IS NULL
       OR v_push.is_whole AND NOT jirasync.is_push_guessed(p_tenant, p_source, p_delivery_id, p_change)
          AND EXISTS (SELECT FROM jirasync.commits c
                       WHERE c.tenant = p_tenant AND c.source = p_source AND c.repository = v_push.repository
                         AND c.sha = coalesce(v_push.peeled, v_push.after))
       OR (v_push.before, coalesce(v_push.peeled, v_push.after)) IS DISTINCT FROM (p_before, p_after) THEN
        RETURN false;
    END IF;
    WITH wanted AS MATERIALIZED (
        SELECT l.sha, l.place
          FROM ROWS FROM (jsonb_to_recordset(p_commits) AS (sha text)) WITH ORDINALITY AS l (sha, place)
    ), dropped AS (
        DELETE FROM jirasync.push_commits o
         WHERE o.tenant = p_tenant AND o.source = p_source AND o.delivery_id = p_delivery_id AND o.change = p_change
           AND NOT EXISTS (SELECT FROM wanted w WHERE w.sha = o.sha)
    )
    INSERT INTO jirasync.push_commits AS o (tenant, source, repository, sha, delivery_id, change, place)
    SELECT p_tenant, p_source, v_push.repository, w.sha, p_delivery_id, p_change, w.place FROM wanted w ORDER BY w.place
    ON CONFLICT (tenant, source, delivery_id, change, sha) DO UPDATE SET place = excluded.place
     WHERE o.place <> excluded.place;
    UPDATE jirasync.pushes p
       SET listed = jsonb_array_length(p_commits), is_whole = true,
           -- Some hosts do not say so: commits were dropped where nothing that was brought stands on what was there.
           is_forced = p.is_forced OR p.before IS NOT NULL AND NOT EXISTS (
               SELECT FROM jsonb_to_recordset(p_commits) AS l (parents text[]) WHERE p.before = ANY (l.parents))
     WHERE p.tenant = p_tenant AND p.source = p_source AND p.delivery_id = p_delivery_id AND p.change = p_change;
    SELECT * INTO v_step FROM jirasync.store_pushed_commits(
        ARRAY[p_tenant], ARRAY[p_source], ARRAY[p_delivery_id], ARRAY[false],
        ARRAY[jsonb_build_object('repository', v_push.repository, 'changes',
                                 jsonb_build_array(jsonb_build_object('commits', p_commits)))]);
    v_step.keys := v_step.keys || (v_push.repository || '^^' || v_push.ref)
                || (v_push.repository || '@' || coalesce(v_push.peeled, v_push.after));
    PERFORM jirasync.enqueue_jobs(p_tenant, array_fill('correlate_commit'::text, ARRAY[cardinality(v_step.keys)]),
                                  array_fill(p_source, ARRAY[cardinality(v_step.keys)]), v_step.keys);
    PERFORM pg_notify('jirasync_jobs', '');
    RETURN true;
END
$$;
COMMENT ON FUNCTION jirasync.complete_push(text, text, text, integer, text, text, jsonb) IS
    'Replaces the list of a push that left commits out, or their parents, by all that it moved (an array of commits as normalize_git_json writes them, the oldest first), writes the commits as the store does, marks it as forced where commits were dropped, and asks for the ref to be read as a whole; false, and nothing changed, when the push is gone, whole already, or another move than from p_before to p_after';
