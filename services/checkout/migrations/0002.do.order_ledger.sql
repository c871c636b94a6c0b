-- The ledger: one row per order, from its first request to its end.
CREATE TABLE order_ledger (
  organization_id uuid NOT NULL,
  order_id uuid NOT NULL,
  principal text NOT NULL,
  client_request_id text NOT NULL,
  request_hash bytea NOT NULL,
  customer_id uuid NOT NULL,
  email text,
  currency text NOT NULL,
  total_minor bigint NOT NULL,
  adjustments jsonb NOT NULL,
  shipping_address jsonb,
  payment_method text NOT NULL,
  external_reference text,
  metadata jsonb,
  correlation_id text,
  status text NOT NULL DEFAULT 'AWAITING_AUTHORIZATION',
  -- Counts the authorizations; an abandoned one is settled by the sweep, and the next request begins another.
  generation int NOT NULL DEFAULT 1,
  abandoned boolean NOT NULL DEFAULT false,
  payment_authorization_id text,
  expires_at timestamptz,
  saga_version smallint NOT NULL,
  epoch int NOT NULL DEFAULT 0,
  retry_count int NOT NULL DEFAULT 0,
  unsent_count int NOT NULL DEFAULT 0,
  -- When the first of the latest attempts that were not sent was recorded.
  unsent_since timestamptz,
  next_retry_at timestamptz,
  undone_steps text[] NOT NULL DEFAULT '{}',
  cancel_requested_at timestamptz,
  failure jsonb,
  park_reason text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT order_ledger_pkey PRIMARY KEY (organization_id, order_id),
  CONSTRAINT order_ledger_client_request_key UNIQUE (organization_id, principal, client_request_id),
  CONSTRAINT order_ledger_total_not_negative CHECK (total_minor >= 0),
  CONSTRAINT order_ledger_unsent_since CHECK ((unsent_count = 0) = (unsent_since IS NULL)),
  CONSTRAINT order_ledger_generation_positive CHECK (generation >= 1),
  CONSTRAINT order_ledger_status_known CHECK (status IN (
    'AWAITING_AUTHORIZATION', 'AUTHORIZATION_FAILED', 'AUTHORIZED', 'ORDER_CREATED', 'INVENTORY_RESERVED',
    'PAYMENT_CAPTURED', 'COMPLETED', 'COMPENSATING', 'FAILED')),
  CONSTRAINT order_ledger_authorized CHECK (
    status IN ('AWAITING_AUTHORIZATION', 'AUTHORIZATION_FAILED') OR payment_authorization_id IS NOT NULL)
) WITH (fillfactor = 60);
COMMENT ON TABLE order_ledger IS
  'Updated six times in an order''s life: no index holds a column that changes then, so that every update stays on its page.';
COMMENT ON INDEX order_ledger_pkey IS 'Reading an order, and listing orders by time: order ids rise with it.';
CREATE INDEX order_ledger_retried ON order_ledger (organization_id, order_id) WHERE next_retry_at IS NOT NULL;
COMMENT ON INDEX order_ledger_retried IS
  'Listing the orders that wait for their next attempt. One that never has to wait is never in it.';
COMMENT ON INDEX order_ledger_client_request_key IS 'One order per idempotency key of a principal, and its replay.';
CALL isolate_by_organization('order_ledger');
GRANT SELECT, INSERT, UPDATE ON order_ledger TO checkout_service;

CREATE TABLE order_ledger_items (
  organization_id uuid NOT NULL,
  order_id uuid NOT NULL,
  line_number int NOT NULL,
  product_id uuid NOT NULL,
  sku text NOT NULL,
  quantity int NOT NULL,
  unit_price_minor bigint NOT NULL,
  CONSTRAINT order_ledger_items_pkey PRIMARY KEY (organization_id, order_id, line_number),
  CONSTRAINT order_ledger_items_quantity_positive CHECK (quantity > 0),
  CONSTRAINT order_ledger_items_price_not_negative CHECK (unit_price_minor >= 0)
);
COMMENT ON INDEX order_ledger_items_pkey IS 'Reading the lines of an order.';
COMMENT ON TABLE order_ledger_items IS
  'Written with its order in one transaction and never changed; verify looks for lines without order.';
CALL isolate_by_organization('order_ledger_items');
GRANT SELECT, INSERT ON order_ledger_items TO checkout_service;

CREATE TABLE order_timeline (
  organization_id uuid NOT NULL,
  order_id uuid NOT NULL,
  entry bigint GENERATED ALWAYS AS IDENTITY,
  step text NOT NULL,
  attempt int NOT NULL,
  outcome text NOT NULL,
  detail text,
  duration_ms int NOT NULL,
  epoch int NOT NULL,
  -- Who intervened, and detail says why; none for an attempt.
  principal text,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT order_timeline_pkey PRIMARY KEY (organization_id, order_id, entry),
  CONSTRAINT order_timeline_outcome_known CHECK (outcome IN (
    'DONE', 'REJECTED', 'UNAVAILABLE', 'NOT_SENT', 'CANCELLED',
    'RETRIED', 'TURNED_BACK', 'PARKED', 'RESUMED', 'MOVED_ON', 'REPAIRED')),
  CONSTRAINT order_timeline_intervention CHECK (
    (outcome IN ('RETRIED', 'TURNED_BACK', 'PARKED', 'RESUMED', 'MOVED_ON', 'REPAIRED')) = (principal IS NOT NULL)
    AND (principal IS NULL OR detail IS NOT NULL))
);
COMMENT ON INDEX order_timeline_pkey IS 'Reading the attempts and interventions of an order in their order.';
CALL isolate_by_organization('order_timeline');
GRANT SELECT, INSERT ON order_timeline TO checkout_service;
