CREATE FUNCTION current_organizations() RETURNS uuid[] LANGUAGE sql STABLE AS $$
  SELECT coalesce(nullif(current_setting('valerix.organizations', true), ''), '{}')::uuid[]
$$;
CREATE TABLE notes (organization_id uuid NOT NULL);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE notes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON notes TO testing_service
  USING (organization_id = ANY (current_organizations())) WITH CHECK (organization_id = ANY (current_organizations()));
CREATE POLICY owner ON notes TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT ON notes TO testing_service;
