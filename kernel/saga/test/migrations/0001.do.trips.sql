-- The tables that a saga store and a participant's fence work on, as a service of its own has them. The sagas are trips.
CREATE FUNCTION current_organizations() RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce(nullif(current_setting('valerix.organizations', true), ''), '{}')::uuid[];
END $$;

CREATE PROCEDURE isolate_by_organization(isolated regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', isolated);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', isolated);
  EXECUTE format(
    'CREATE POLICY tenant ON %s TO saga_test_service USING (organization_id = ANY ((SELECT current_organizations())::uuid[])) '
    'WITH CHECK (organization_id = ANY ((SELECT current_organizations())::uuid[]))', isolated);
  EXECUTE format('CREATE POLICY owner ON %s TO CURRENT_USER USING (true) WITH CHECK (true)', isolated);
END $$;

CREATE TABLE trip_ledger (
  organization_id uuid NOT NULL,
  trip_id uuid NOT NULL,
  correlation_id text,
  status text NOT NULL CHECK (status IN (
    'READY', 'CAR_BOOKED', 'HOTEL_BOOKED', 'PAID', 'COMPLETED', 'COMPENSATING', 'FAILED')),
  expires_at timestamptz,
  saga_version smallint NOT NULL,
  epoch int NOT NULL DEFAULT 0,
  retry_count int NOT NULL DEFAULT 0,
  unsent_count int NOT NULL DEFAULT 0,
  unsent_since timestamptz,
  next_retry_at timestamptz,
  undone_steps text[] NOT NULL DEFAULT '{}',
  cancel_requested_at timestamptz,
  failure jsonb,
  park_reason text,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, trip_id)
);
CALL isolate_by_organization('trip_ledger');
GRANT SELECT, INSERT, UPDATE ON trip_ledger TO saga_test_service;

CREATE TABLE trip_queue (
  organization_id uuid NOT NULL,
  trip_id uuid NOT NULL,
  visible_at timestamptz NOT NULL DEFAULT now(),
  epoch int NOT NULL DEFAULT 0,
  saga_version smallint NOT NULL,
  weight int NOT NULL DEFAULT 1,
  PRIMARY KEY (organization_id, trip_id)
);
CREATE INDEX trip_queue_by_tenant ON trip_queue (organization_id, visible_at);
CREATE INDEX trip_queue_by_time ON trip_queue (visible_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON trip_queue TO saga_test_service;

CREATE TABLE trip_timeline (
  organization_id uuid NOT NULL,
  trip_id uuid NOT NULL,
  entry bigint GENERATED ALWAYS AS IDENTITY,
  step text NOT NULL,
  attempt int NOT NULL,
  outcome text NOT NULL,
  detail text,
  duration_ms int NOT NULL,
  epoch int NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (organization_id, trip_id, entry)
);
CALL isolate_by_organization('trip_timeline');
GRANT SELECT, INSERT ON trip_timeline TO saga_test_service;

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
CALL isolate_by_organization('outbox');
GRANT SELECT, INSERT ON outbox TO saga_test_service;

CREATE TABLE saga_fences (
  organization_id uuid NOT NULL,
  saga_id uuid NOT NULL,
  generation int NOT NULL DEFAULT 0,
  epoch int NOT NULL,
  undone boolean NOT NULL DEFAULT false,
  PRIMARY KEY (organization_id, saga_id, generation)
);
CALL isolate_by_organization('saga_fences');
GRANT SELECT, INSERT, UPDATE (epoch, undone) ON saga_fences TO saga_test_service;

-- What a participant keeps of its work.
CREATE TABLE bookings (
  organization_id uuid NOT NULL,
  trip_id uuid NOT NULL,
  seats int NOT NULL CHECK (seats > 0),
  PRIMARY KEY (organization_id, trip_id)
);
CALL isolate_by_organization('bookings');
GRANT SELECT, INSERT, DELETE ON bookings TO saga_test_service;
