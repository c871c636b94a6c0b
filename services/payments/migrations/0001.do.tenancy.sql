-- The organizations that the running transaction named. A function, because it is evaluated once per statement then,
-- and costs the same for one row as for a hundred thousand.
CREATE FUNCTION current_organizations() RETURNS uuid[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN coalesce(nullif(current_setting('valerix.organizations', true), ''), '{}')::uuid[];
END
$$;
REVOKE ALL ON FUNCTION current_organizations() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION current_organizations() TO payments_service;

-- Closes a table: the service sees and writes rows of the transaction's organizations, the owner (migrations, checks) all.
-- IS TRUE changes nothing in what is seen. Bare, the condition is one that an index can serve, and the planner, which
-- guesses that few rows belong to an organization until it has statistics, reads them all instead of the few that a
-- statement names.
CREATE PROCEDURE isolate_by_organization(closed regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', closed);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', closed);
  EXECUTE format(
    'CREATE POLICY tenant ON %s TO payments_service
       USING ((organization_id = ANY ((SELECT current_organizations())::uuid[])) IS TRUE)
       WITH CHECK ((organization_id = ANY ((SELECT current_organizations())::uuid[])) IS TRUE)', closed);
  EXECUTE format('CREATE POLICY owner ON %s TO CURRENT_USER USING (true) WITH CHECK (true)', closed);
END
$$;
REVOKE ALL ON PROCEDURE isolate_by_organization(regclass) FROM PUBLIC;
