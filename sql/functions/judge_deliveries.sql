-- Tells fresh deliveries from known ones, by position: fresh, duplicate or id_conflict where p_outcome is NULL.

CREATE OR REPLACE FUNCTION jirasync.judge_deliveries(
    p_tenant text[], p_source text[], p_kind text[], p_delivery_id text[], p_body_sha256 bytea[], p_outcome text[])
RETURNS text[]
LANGUAGE plpgsql
AS $$
DECLARE
    v_outcome  text[];
    v_member   record;
    v_bodies   text[] := '{}';
    v_ids      text[] := '{}';
    v_pairs    text[] := '{}';
BEGIN
    -- Against the ledger. The known body is looked at before the known id. Git hosts' bodies carry no time of the
    -- event (a branch made, deleted and made again sends the same bytes), so there the id alone decides.
    -- (Not EXISTS: the planner may answer that by reading the whole index.)
    v_outcome := ARRAY(
        SELECT coalesce(
                   m.outcome,
                   CASE WHEN m.kind = 'jira' THEN (
                       SELECT 'duplicate' FROM jirasync.deliveries d
                        WHERE d.tenant = m.tenant AND d.source = m.source AND d.body_sha256 = m.body_sha256
                          AND d.kind = 'jira')
                   END,
                   (SELECT CASE WHEN d.body_sha256 = m.body_sha256 THEN 'duplicate' ELSE 'id_conflict' END
                      FROM jirasync.deliveries d
                     WHERE d.tenant = m.tenant AND d.source = m.source AND d.delivery_id = m.delivery_id),
                   'fresh')
          FROM unnest(p_tenant, p_source, p_kind, p_delivery_id, p_body_sha256, p_outcome)
               WITH ORDINALITY AS m (tenant, source, kind, delivery_id, body_sha256, outcome, place)
         ORDER BY m.place);
    IF cardinality(p_source) = 1 THEN
        RETURN v_outcome;
    END IF;

    -- Against earlier members of the batch: only those that share an id or a body with another can differ. A body that
    -- an earlier member brought is known to one whose id is in conflict, too.
    FOR v_member IN
        SELECT s.*
          FROM (SELECT r.*, count(*) OVER (PARTITION BY r.id) AS ids, count(*) OVER (PARTITION BY r.body) AS bodies
                  FROM (SELECT m.place, m.kind, m.outcome, m.source || '/' || m.delivery_id AS id,
                               m.source || '/' || encode(m.body_sha256, 'hex') AS body
                          FROM unnest(p_source, p_kind, p_delivery_id, p_body_sha256, v_outcome)
                               WITH ORDINALITY AS m (source, kind, delivery_id, body_sha256, outcome, place)
                         WHERE m.outcome IN ('fresh', 'id_conflict')) r) s
         WHERE s.ids > 1 OR s.bodies > 1
         ORDER BY s.place
    LOOP
        IF (v_member.kind = 'jira' AND v_member.body = ANY (v_bodies))
           OR v_member.id || ' ' || v_member.body = ANY (v_pairs) THEN
            v_outcome[v_member.place] := 'duplicate';
        ELSIF v_member.outcome = 'id_conflict' OR v_member.id = ANY (v_ids) THEN
            v_outcome[v_member.place] := 'id_conflict';
        ELSE
            v_bodies := v_bodies || v_member.body;
            v_ids := v_ids || v_member.id;
            v_pairs := v_pairs || (v_member.id || ' ' || v_member.body);
        END IF;
    END LOOP;
    RETURN v_outcome;
END
$$;
COMMENT ON FUNCTION jirasync.judge_deliveries IS
    'Part of store_deliveries: by position, fresh, duplicate or id_conflict, against the ledger and earlier members';
