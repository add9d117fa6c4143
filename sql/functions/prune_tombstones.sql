-- Blanks what was deleted long ago: one batch.

CREATE OR REPLACE FUNCTION jirasync.prune_tombstones(p_tenant text DEFAULT 'main')
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_cutoff   timestamptz := jirasync.prune_cutoff('prune_tombstones_days');
    v_trashed  timestamptz := v_cutoff - jirasync.setting_number('prune_trash_days') * interval '24 hours';
    v_most     bigint := jirasync.setting_number('prune_batch_rows');
    v_sources  text[];
    v_ids      bigint[];
    v_pruned   integer := 0;
BEGIN
    -- An issue that went with its project comes back with it.
    SELECT array_agg(o.source), array_agg(o.issue_id) INTO v_sources, v_ids
      FROM (SELECT i.source, i.issue_id
              FROM jirasync.issues i
             WHERE i.tenant = p_tenant AND i.deleted_at IS NOT NULL AND i.deleted_at < v_cutoff
               AND (i.buried_at IS NOT NULL OR i.deleted_at < v_trashed)
               AND (i.fields IS NOT NULL OR i.summary IS NOT NULL)
             ORDER BY i.deleted_at
             LIMIT v_most
               FOR NO KEY UPDATE SKIP LOCKED) o;
    IF v_ids IS NOT NULL THEN
        v_pruned := jirasync.blank_children(p_tenant, v_sources, v_ids, v_cutoff, v_most);
        -- The issues go last: while they have content, what belongs to them is found by them.
        IF v_pruned < v_most THEN
            v_pruned := v_pruned + jirasync.blank_issues(p_tenant, v_sources, v_ids);
        END IF;
        RETURN v_pruned;
    END IF;
    RETURN jirasync.blank_children(p_tenant, NULL, NULL, v_cutoff, v_most);
END
$$;
COMMENT ON FUNCTION jirasync.prune_tombstones(text) IS
    'Part of the prune job: blanks the content of what was deleted more than prune_tombstones_days ago: issues with what belongs to them, and comments, worklogs, links and other entities; about prune_batch_rows rows, returns how many. Identity, keys, rank and deleted_at stay, so that no late event lifts a tombstone; content that one brings is blanked the next time';
