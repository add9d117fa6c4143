-- Lets a site be asked again at once, by hand.

CREATE OR REPLACE FUNCTION jirasync.close_circuit(source text, tenant text DEFAULT 'main')
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, jirasync, pg_temp
AS $$
BEGIN
    DELETE FROM jirasync.endpoint_pauses e WHERE e.tenant = close_circuit.tenant AND e.source = close_circuit.source;
    UPDATE jirasync.site_budgets b
       SET circuit = 'closed', circuit_opened_at = NULL, circuit_status = NULL, probe_at = NULL, paused_until = NULL,
           paused_why = NULL, slow_until = NULL, refusals = 0, told_rate = NULL, told_burst = NULL
     WHERE b.tenant = close_circuit.tenant AND b.source = close_circuit.source;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION jirasync.close_circuit(text, text) IS
    'Forgets that a site refused us (circuit, pauses, what it told of its limits), after its token was renewed for example: it is asked again at once. False when it was never asked';
