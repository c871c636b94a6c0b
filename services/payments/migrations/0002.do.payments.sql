-- One row per order and generation. The amounts say what the provider holds or took for us; the status says where the
-- payment stands (see src/domain/Payment.ts).
CREATE TABLE payments (
  organization_id uuid NOT NULL,
  order_id uuid NOT NULL,
  generation int NOT NULL,
  payment_id uuid NOT NULL,
  customer_id text NOT NULL,
  method text NOT NULL,
  currency text COLLATE "C" NOT NULL,
  amount_minor bigint NOT NULL,
  status text COLLATE "C" NOT NULL DEFAULT 'AUTHORIZING',
  authorized_minor bigint NOT NULL DEFAULT 0,
  captured_minor bigint NOT NULL DEFAULT 0,
  refunded_minor bigint NOT NULL DEFAULT 0,
  authorization_id text COLLATE "C",
  expires_at timestamptz,
  capture_id text COLLATE "C",
  decline_code text,
  decline_message text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT payments_pkey PRIMARY KEY (organization_id, order_id, generation),
  CONSTRAINT payments_id UNIQUE (organization_id, payment_id),
  CONSTRAINT payments_generation_positive CHECK (generation >= 1),
  CONSTRAINT payments_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT payments_amount_bounded CHECK (amount_minor BETWEEN 0 AND 9999999999999),
  CONSTRAINT payments_authorized_at_most_amount CHECK (authorized_minor BETWEEN 0 AND amount_minor),
  CONSTRAINT payments_captured_at_most_authorized CHECK (captured_minor BETWEEN 0 AND authorized_minor),
  CONSTRAINT payments_refunded_at_most_captured CHECK (refunded_minor BETWEEN 0 AND captured_minor),
  CONSTRAINT payments_status CHECK (
    status IN ('AUTHORIZING', 'DECLINED', 'AUTHORIZED', 'VOIDED', 'EXPIRED', 'CAPTURED', 'REFUNDED')),
  CONSTRAINT payments_authorized CHECK (
    (status NOT IN ('AUTHORIZING', 'DECLINED')) = (authorization_id IS NOT NULL)
    AND (authorization_id IS NULL) = (expires_at IS NULL)
    AND authorized_minor = CASE WHEN authorization_id IS NULL THEN 0 ELSE amount_minor END),
  CONSTRAINT payments_captured CHECK (
    (status IN ('CAPTURED', 'REFUNDED')) = (capture_id IS NOT NULL) AND (capture_id IS NOT NULL OR captured_minor = 0)),
  CONSTRAINT payments_refunded CHECK (refunded_minor = CASE status WHEN 'REFUNDED' THEN captured_minor ELSE 0 END),
  CONSTRAINT payments_declined CHECK (
    (status = 'DECLINED') = (decline_code IS NOT NULL) AND (decline_code IS NULL) = (decline_message IS NULL))
) WITH (fillfactor = 80);
COMMENT ON INDEX payments_pkey IS
  'Locking and reading the payments of a vector of commands; the payments of an order; the audit, order by order.';
COMMENT ON INDEX payments_id IS 'GET /payments/{payment_id}, and the pages of GET /payments, newest first.';

CREATE UNIQUE INDEX payments_authorization ON payments (organization_id, authorization_id)
  WHERE authorization_id IS NOT NULL;
COMMENT ON INDEX payments_authorization IS
  'No authorization pays for two payments; and capture and void by authorization id.';

CALL isolate_by_organization('payments');
GRANT SELECT, INSERT ON payments TO payments_service;
GRANT UPDATE (status, authorized_minor, captured_minor, refunded_minor, authorization_id, expires_at, capture_id,
  decline_code, decline_message, updated_at) ON payments TO payments_service;

-- What was asked of the provider: the row is there before the first request leaves. PENDING and UNKNOWN mean that it
-- may have happened.
CREATE TABLE payment_operations (
  organization_id uuid NOT NULL,
  order_id uuid NOT NULL,
  generation int NOT NULL,
  kind text COLLATE "C" NOT NULL,
  provider_key text COLLATE "C" NOT NULL,
  amount_minor bigint NOT NULL,
  state text COLLATE "C" NOT NULL,
  attempts int NOT NULL,
  reference text,
  code text,
  message text,
  -- The means of payment: there only until it is known what came of the authorization.
  token text,
  requested_at timestamptz NOT NULL DEFAULT now(),
  attempted_at timestamptz NOT NULL DEFAULT now(),
  answered_at timestamptz,
  CONSTRAINT payment_operations_pkey PRIMARY KEY (organization_id, order_id, generation, kind),
  CONSTRAINT payment_operations_payment FOREIGN KEY (organization_id, order_id, generation) REFERENCES payments,
  CONSTRAINT payment_operations_kind CHECK (kind IN ('AUTHORIZE', 'CAPTURE', 'VOID', 'REFUND')),
  CONSTRAINT payment_operations_state CHECK (
    state IN ('PENDING', 'UNKNOWN', 'SUCCEEDED') OR state = CASE kind WHEN 'AUTHORIZE' THEN 'DECLINED' ELSE 'REJECTED' END),
  CONSTRAINT payment_operations_amount_bounded CHECK (amount_minor BETWEEN 0 AND 9999999999999),
  CONSTRAINT payment_operations_attempts_counted CHECK (attempts >= 0),
  CONSTRAINT payment_operations_answered CHECK ((state IN ('PENDING', 'UNKNOWN')) = (answered_at IS NULL)),
  CONSTRAINT payment_operations_token_erased CHECK (
    token IS NULL OR (kind = 'AUTHORIZE' AND state IN ('PENDING', 'UNKNOWN')))
) WITH (fillfactor = 80);
COMMENT ON INDEX payment_operations_pkey IS 'The operations of a payment.';

-- The provider keys of capture and refund name the order alone: an order is captured once, whatever its generations. The
-- other keys name order, generation and kind, as the primary key does.
CREATE UNIQUE INDEX payment_operations_one_capture ON payment_operations (organization_id, order_id)
  WHERE kind = 'CAPTURE';
COMMENT ON INDEX payment_operations_one_capture IS
  'One capture per order; and whether another generation than the one at hand has it.';
CREATE UNIQUE INDEX payment_operations_one_refund ON payment_operations (organization_id, order_id)
  WHERE kind = 'REFUND';
COMMENT ON INDEX payment_operations_one_refund IS 'One refund per order.';

CALL isolate_by_organization('payment_operations');
GRANT SELECT, INSERT ON payment_operations TO payments_service;
GRANT UPDATE (amount_minor, state, attempts, reference, code, message, token, attempted_at, answered_at)
  ON payment_operations TO payments_service;
