-- The books of a payment provider that is none: it keeps them in a database of its own and commits on its own, as a
-- real one would. An organization is what a provider calls a merchant account.
CREATE TABLE authorizations (
  organization_id uuid NOT NULL,
  authorization_id text COLLATE "C" NOT NULL,
  idempotency_key text COLLATE "C" NOT NULL,
  order_reference text COLLATE "C" NOT NULL,
  amount_minor bigint NOT NULL,
  currency text COLLATE "C" NOT NULL,
  -- Enough to tell whether a repeated request has the same token.
  token_digest text NOT NULL,
  status text COLLATE "C" NOT NULL,
  decline_code text,
  decline_message text,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT authorizations_pkey PRIMARY KEY (organization_id, authorization_id),
  CONSTRAINT authorizations_one_per_key UNIQUE (organization_id, idempotency_key),
  CONSTRAINT authorizations_amount_not_negative CHECK (amount_minor >= 0),
  CONSTRAINT authorizations_status CHECK (status IN ('AUTHORIZED', 'DECLINED', 'VOIDED', 'CAPTURED')),
  CONSTRAINT authorizations_declined CHECK (
    (status = 'DECLINED') = (decline_code IS NOT NULL) AND (decline_code IS NULL) = (decline_message IS NULL))
) WITH (fillfactor = 80);
COMMENT ON INDEX authorizations_pkey IS 'The authorization that a capture or a void names.';
COMMENT ON INDEX authorizations_one_per_key IS 'What an idempotency key has brought about; lookups by key.';
CREATE INDEX authorizations_by_order ON authorizations (organization_id, order_reference);
COMMENT ON INDEX authorizations_by_order IS 'The statement of an order; the orders of an organization, page by page.';

CREATE TABLE captures (
  organization_id uuid NOT NULL,
  capture_id text COLLATE "C" NOT NULL,
  idempotency_key text COLLATE "C" NOT NULL,
  authorization_id text COLLATE "C" NOT NULL,
  order_reference text COLLATE "C" NOT NULL,
  amount_minor bigint NOT NULL,
  refunded_minor bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT captures_pkey PRIMARY KEY (organization_id, capture_id),
  CONSTRAINT captures_one_per_key UNIQUE (organization_id, idempotency_key),
  CONSTRAINT captures_one_per_authorization UNIQUE (organization_id, authorization_id),
  CONSTRAINT captures_authorization FOREIGN KEY (organization_id, authorization_id) REFERENCES authorizations,
  CONSTRAINT captures_amount_not_negative CHECK (amount_minor >= 0),
  CONSTRAINT captures_refunded_at_most_captured CHECK (refunded_minor BETWEEN 0 AND amount_minor)
) WITH (fillfactor = 80);
COMMENT ON INDEX captures_pkey IS 'The capture that a refund names.';
COMMENT ON INDEX captures_one_per_key IS 'What an idempotency key has brought about; lookups by key.';
COMMENT ON INDEX captures_one_per_authorization IS 'An authorization is captured once; the statement of an order.';

CREATE TABLE voids (
  organization_id uuid NOT NULL,
  void_id text COLLATE "C" NOT NULL,
  idempotency_key text COLLATE "C" NOT NULL,
  authorization_id text COLLATE "C" NOT NULL,
  order_reference text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT voids_pkey PRIMARY KEY (organization_id, void_id),
  CONSTRAINT voids_one_per_key UNIQUE (organization_id, idempotency_key),
  CONSTRAINT voids_one_per_authorization UNIQUE (organization_id, authorization_id),
  CONSTRAINT voids_authorization FOREIGN KEY (organization_id, authorization_id) REFERENCES authorizations
);
COMMENT ON INDEX voids_one_per_key IS 'What an idempotency key has brought about; lookups by key.';
COMMENT ON INDEX voids_one_per_authorization IS 'An authorization is voided once; the statement of an order.';

CREATE TABLE refunds (
  organization_id uuid NOT NULL,
  refund_id text COLLATE "C" NOT NULL,
  idempotency_key text COLLATE "C" NOT NULL,
  capture_id text COLLATE "C" NOT NULL,
  authorization_id text COLLATE "C" NOT NULL,
  order_reference text COLLATE "C" NOT NULL,
  amount_minor bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT refunds_pkey PRIMARY KEY (organization_id, refund_id),
  CONSTRAINT refunds_one_per_key UNIQUE (organization_id, idempotency_key),
  CONSTRAINT refunds_capture FOREIGN KEY (organization_id, capture_id) REFERENCES captures,
  CONSTRAINT refunds_amount_not_negative CHECK (amount_minor >= 0)
);
COMMENT ON INDEX refunds_one_per_key IS 'What an idempotency key has brought about; lookups by key.';
CREATE INDEX refunds_by_authorization ON refunds (organization_id, authorization_id);
COMMENT ON INDEX refunds_by_authorization IS 'The statement of an order.';

CALL isolate_by_organization('authorizations');
CALL isolate_by_organization('captures');
CALL isolate_by_organization('voids');
CALL isolate_by_organization('refunds');
GRANT SELECT, INSERT, UPDATE (status) ON authorizations TO mock_provider_service;
GRANT SELECT, INSERT, UPDATE (refunded_minor) ON captures TO mock_provider_service;
GRANT SELECT, INSERT ON voids TO mock_provider_service;
GRANT SELECT, INSERT ON refunds TO mock_provider_service;
