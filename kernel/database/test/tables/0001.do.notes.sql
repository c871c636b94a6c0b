CREATE FUNCTION current_organizations() RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce(nullif(current_setting('valerix.organizations', true), ''), '{}')::uuid[];
END $$;

CREATE TABLE notes (
  organization_id uuid NOT NULL,
  note_id int NOT NULL,
  words text,
  amount_minor bigint,
  CONSTRAINT notes_pkey PRIMARY KEY (organization_id, note_id),
  CONSTRAINT notes_amount_not_negative CHECK (amount_minor >= 0)
);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE notes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON notes TO database_test_service
  USING (organization_id = ANY ((SELECT current_organizations())::uuid[]))
  WITH CHECK (organization_id = ANY ((SELECT current_organizations())::uuid[]));
CREATE POLICY owner ON notes TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO database_test_service;

-- Ids only, like a queue: open to every transaction of the service.
CREATE TABLE turns (turn_id int PRIMARY KEY, taken int NOT NULL DEFAULT 0);
INSERT INTO turns (turn_id) VALUES (1), (2);
GRANT SELECT, UPDATE ON turns TO database_test_service;
