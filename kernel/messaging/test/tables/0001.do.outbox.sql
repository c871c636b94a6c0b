CREATE FUNCTION current_organizations() RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce(nullif(current_setting('valerix.organizations', true), ''), '{}')::uuid[];
END $$;

CREATE TABLE outbox (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  event_type text NOT NULL,
  event_version int NOT NULL,
  aggregate_type text NOT NULL,
  aggregate_id uuid NOT NULL,
  correlation_id text,
  payload jsonb NOT NULL,
  occurred_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON outbox TO messaging_test_service
  USING (organization_id = ANY ((SELECT current_organizations())::uuid[]))
  WITH CHECK (organization_id = ANY ((SELECT current_organizations())::uuid[]));
CREATE POLICY owner ON outbox TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON outbox TO messaging_test_service;
