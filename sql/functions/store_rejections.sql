-- Keeps a bounded sample of what was turned away: when, by which source, why and how large; never a body.

CREATE OR REPLACE FUNCTION jirasync.store_rejections(
    p_tenant text[], p_source text[], p_rejected_at timestamptz[], p_reason text[], p_bytes bigint[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
DECLARE
    v_kept  bigint := jirasync.setting_number('rejection_rows');
BEGIN
    INSERT INTO jirasync.rejected_requests (tenant, source, rejected_at, reason, bytes)
    SELECT r.tenant, r.source, r.rejected_at, r.reason, r.bytes
      FROM unnest(p_tenant, p_source, p_rejected_at, p_reason, p_bytes) AS r (tenant, source, rejected_at, reason, bytes);

    -- Rows that another receiver is deleting are its business.
    DELETE FROM jirasync.rejected_requests r
     USING (SELECT o.tenant, o.id
              FROM (SELECT DISTINCT t.tenant FROM unnest(p_tenant) AS t (tenant)) n
              CROSS JOIN LATERAL (SELECT b.id FROM jirasync.rejected_requests b WHERE b.tenant = n.tenant
                                   ORDER BY b.id DESC OFFSET v_kept LIMIT 1) bound
              JOIN jirasync.rejected_requests o ON o.tenant = n.tenant AND o.id <= bound.id
             ORDER BY o.tenant, o.id
               FOR UPDATE OF o SKIP LOCKED) old
     WHERE r.tenant = old.tenant AND r.id = old.id;
    RETURN cardinality(p_tenant);
END
$$;
COMMENT ON FUNCTION jirasync.store_rejections(text[], text[], timestamptz[], text[], bigint[]) IS
    'Adds rejected requests and drops the oldest of each tenant past setting rejection_rows';
