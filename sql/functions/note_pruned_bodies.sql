-- Notes how far the bodies of a tenant's deliveries are pruned.

CREATE OR REPLACE FUNCTION jirasync.note_pruned_bodies(p_tenant text, p_until timestamptz, p_held timestamptz)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    -- Never up to this day, whatever the settings say: a delivery that was spooled is stored hours late.
    INSERT INTO jirasync.prune_positions AS p (tenant, bodies_until, bodies_from)
    VALUES (p_tenant, least(p_until, now() - interval '25 hours'), p_held)
    ON CONFLICT (tenant) DO UPDATE
       SET bodies_until = excluded.bodies_until, bodies_from = least(p.bodies_from, excluded.bodies_from)
     WHERE (p.bodies_until, p.bodies_from)
           IS DISTINCT FROM (excluded.bodies_until, least(p.bodies_from, excluded.bodies_from));
END
$$;
COMMENT ON FUNCTION jirasync.note_pruned_bodies(text, timestamptz, timestamptz) IS
    'Part of prune_bodies: notes that bodies are pruned up to p_until, and that from p_held on some were held by others (NULL: none)';
