-- The ids of the organizations that have orders, in order, after a given one. It runs as the owner, who sees every
-- row, and gives ids only; it skips from one organization to the next in the primary key.
CREATE FUNCTION organizations_present(after uuid, at_most int) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH RECURSIVE present AS (
    (SELECT organization_id FROM order_ledger WHERE organization_id > after ORDER BY organization_id LIMIT 1)
    UNION ALL
    SELECT (SELECT organization_id FROM order_ledger
      WHERE organization_id > present.organization_id ORDER BY organization_id LIMIT 1)
    FROM present WHERE present.organization_id IS NOT NULL
  )
  SELECT organization_id FROM present WHERE organization_id IS NOT NULL LIMIT at_most
$$;
REVOKE ALL ON FUNCTION organizations_present(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organizations_present(uuid, int) TO checkout_service;

-- The same for the catalogue's copy.
CREATE FUNCTION organizations_with_products(after uuid, at_most int) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH RECURSIVE present AS (
    (SELECT organization_id FROM catalogue WHERE organization_id > after ORDER BY organization_id LIMIT 1)
    UNION ALL
    SELECT (SELECT organization_id FROM catalogue
      WHERE organization_id > present.organization_id ORDER BY organization_id LIMIT 1)
    FROM present WHERE present.organization_id IS NOT NULL
  )
  SELECT organization_id FROM present WHERE organization_id IS NOT NULL LIMIT at_most
$$;
REVOKE ALL ON FUNCTION organizations_with_products(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organizations_with_products(uuid, int) TO checkout_service;
