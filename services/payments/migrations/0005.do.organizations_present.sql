-- The organizations that have payments, in order, after the given one, for checks that go through them all. It runs as
-- the owner, who sees every organization, and gives ids only; it skips from one organization to the next in the primary
-- key, so it costs by organizations, not by rows.
CREATE FUNCTION organizations_present(after_organization uuid, at_most int) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH RECURSIVE present AS (
    (SELECT organization_id FROM payments
      WHERE organization_id > coalesce(after_organization, '00000000-0000-0000-0000-000000000000')
      ORDER BY organization_id LIMIT 1)
    UNION ALL
    SELECT (SELECT organization_id FROM payments
      WHERE organization_id > present.organization_id ORDER BY organization_id LIMIT 1)
    FROM present WHERE present.organization_id IS NOT NULL
  )
  SELECT organization_id FROM present WHERE organization_id IS NOT NULL LIMIT at_most
$$;
REVOKE ALL ON FUNCTION organizations_present(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organizations_present(uuid, int) TO payments_service;
