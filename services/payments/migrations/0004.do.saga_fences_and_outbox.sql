-- One row per order and generation: the newest epoch seen, and whether the undo has come. See SagaFence.
CREATE TABLE saga_fences (
  organization_id uuid NOT NULL,
  saga_id uuid NOT NULL,
  generation int NOT NULL DEFAULT 0,
  epoch int NOT NULL,
  undone boolean NOT NULL DEFAULT false,
  CONSTRAINT saga_fences_pkey PRIMARY KEY (organization_id, saga_id, generation)
) WITH (fillfactor = 80);

CALL isolate_by_organization('saga_fences');
GRANT SELECT, INSERT, UPDATE (epoch, undone) ON saga_fences TO payments_service;

-- Events, written in the transaction of the change that they tell of.
CREATE TABLE outbox (
  sequence bigint GENERATED ALWAYS AS IDENTITY,
  event_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  event_type text NOT NULL,
  event_version int NOT NULL,
  aggregate_type text NOT NULL,
  aggregate_id uuid NOT NULL,
  correlation_id text,
  payload jsonb NOT NULL,
  occurred_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT outbox_pkey PRIMARY KEY (sequence)
);

CALL isolate_by_organization('outbox');
GRANT SELECT, INSERT ON outbox TO payments_service;
