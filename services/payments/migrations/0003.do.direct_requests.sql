-- Payments that belong to no order of ours, asked for under a key of the caller's making: the order id that was made for
-- each, so that the same key finds the same payment.
CREATE TABLE direct_requests (
  organization_id uuid NOT NULL,
  idempotency_key text COLLATE "C" NOT NULL,
  order_id uuid NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT direct_requests_pkey PRIMARY KEY (organization_id, idempotency_key),
  CONSTRAINT direct_requests_key_bounded CHECK (length(idempotency_key) BETWEEN 1 AND 255)
);
COMMENT ON INDEX direct_requests_pkey IS 'The order id of an idempotency key.';
CREATE UNIQUE INDEX direct_requests_by_order ON direct_requests (organization_id, order_id);
COMMENT ON INDEX direct_requests_by_order IS 'What the payer of a payment calls its order, and which payments are of no order of ours.';

CALL isolate_by_organization('direct_requests');
GRANT SELECT, INSERT ON direct_requests TO payments_service;
