-- The organizations that have rows here, in order, after the given one, for checks that go through them all. It runs as
-- the owner, who sees every organization, and gives ids only. Each step is one descent of a primary key per table, so it
-- costs by organizations, not by rows.
CREATE FUNCTION organizations_present(after_organization uuid, at_most int) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  latest uuid := coalesce(after_organization, '00000000-0000-0000-0000-000000000000');
BEGIN
  FOR step IN 1 .. at_most LOOP
    SELECT candidate INTO latest FROM (
      (SELECT organization_id FROM products WHERE organization_id > latest ORDER BY 1 LIMIT 1) UNION ALL
      (SELECT organization_id FROM inventory_balances WHERE organization_id > latest ORDER BY 1 LIMIT 1) UNION ALL
      (SELECT organization_id FROM inventory_transactions WHERE organization_id > latest ORDER BY 1 LIMIT 1) UNION ALL
      (SELECT organization_id FROM inventory_adjustments WHERE organization_id > latest ORDER BY 1 LIMIT 1) UNION ALL
      (SELECT organization_id FROM inventory_reservations WHERE organization_id > latest ORDER BY 1 LIMIT 1) UNION ALL
      (SELECT organization_id FROM saga_fences WHERE organization_id > latest ORDER BY 1 LIMIT 1)
    ) AS next(candidate) ORDER BY candidate LIMIT 1;
    EXIT WHEN latest IS NULL;
    RETURN NEXT latest;
  END LOOP;
END
$$;
REVOKE ALL ON FUNCTION organizations_present(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organizations_present(uuid, int) TO inventory_service;
