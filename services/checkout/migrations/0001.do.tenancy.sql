-- Row-level security: a transaction names its organizations in valerix.organizations and sees no others.
CREATE FUNCTION current_organizations() RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce(nullif(current_setting('valerix.organizations', true), ''), '{}')::uuid[];
END $$;
REVOKE ALL ON FUNCTION current_organizations() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION current_organizations() TO checkout_service;

-- The sub-select makes the policy's array once per statement instead of once per row. IS TRUE changes no answer: it keeps
-- the planner from taking the policy, of whose list it knows nothing, for the best way into the table.
CREATE PROCEDURE isolate_by_organization(isolated regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', isolated);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', isolated);
  EXECUTE format(
    'CREATE POLICY tenant ON %s TO checkout_service USING ((organization_id = ANY ((SELECT current_organizations())::uuid[])) IS TRUE) '
    'WITH CHECK ((organization_id = ANY ((SELECT current_organizations())::uuid[])) IS TRUE)', isolated);
  EXECUTE format('CREATE POLICY owner ON %s TO CURRENT_USER USING (true) WITH CHECK (true)', isolated);
END $$;
REVOKE ALL ON PROCEDURE isolate_by_organization(regclass) FROM PUBLIC;
