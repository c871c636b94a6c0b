-- The organizations that the running transaction named. A function, because it is evaluated once per statement then,
-- and costs the same for one row as for a hundred thousand.
CREATE FUNCTION current_organizations() RETURNS uuid[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN coalesce(nullif(current_setting('valerix.organizations', true), ''), '{}')::uuid[];
END
$$;
REVOKE ALL ON FUNCTION current_organizations() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION current_organizations() TO inventory_service;

-- Closes a table: the service sees and writes rows of the transaction's organizations, the owner (migrations, checks) all.
-- IS TRUE changes nothing in what is seen. It keeps the planner from counting the list as ten descents of an index: every
-- statement names its organizations anyway, and without it a batch of 500 balances out of 60,000 read the whole table.
CREATE PROCEDURE isolate_by_organization(closed regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', closed);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', closed);
  EXECUTE format(
    'CREATE POLICY tenant ON %s TO inventory_service
       USING ((organization_id = ANY ((SELECT current_organizations())::uuid[])) IS TRUE)
       WITH CHECK ((organization_id = ANY ((SELECT current_organizations())::uuid[])) IS TRUE)', closed);
  EXECUTE format('CREATE POLICY owner ON %s TO CURRENT_USER USING (true) WITH CHECK (true)', closed);
END
$$;
REVOKE ALL ON PROCEDURE isolate_by_organization(regclass) FROM PUBLIC;
