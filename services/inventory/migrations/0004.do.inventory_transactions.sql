-- The ledger of stock: one signed movement per row, never changed. on_hand of a balance is the sum of its movements.
CREATE TABLE inventory_transactions (
  organization_id uuid NOT NULL,
  transaction_id uuid NOT NULL,
  product_id uuid NOT NULL,
  location_id uuid NOT NULL,
  type text COLLATE "C" NOT NULL,
  quantity bigint NOT NULL,
  on_hand_after bigint NOT NULL,
  reason text COLLATE "C" NOT NULL,
  reference_id text,
  notes text,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT inventory_transactions_pkey PRIMARY KEY (organization_id, transaction_id),
  -- Some 10 microseconds per movement, of a balance whose row this transaction holds already.
  CONSTRAINT inventory_transactions_balance FOREIGN KEY (organization_id, product_id, location_id)
    REFERENCES inventory_balances (organization_id, product_id, location_id),
  CONSTRAINT inventory_transactions_quantity_not_zero CHECK (quantity <> 0),
  CONSTRAINT inventory_transactions_on_hand_not_negative CHECK (on_hand_after >= 0),
  CONSTRAINT inventory_transactions_type CHECK (type IN ('receipt', 'issue', 'transfer', 'adjustment')),
  CONSTRAINT inventory_transactions_sign CHECK (
    (type <> 'receipt' OR quantity > 0) AND (type <> 'issue' OR quantity < 0)
  ),
  CONSTRAINT inventory_transactions_reason CHECK (
    reason IN ('warehouse_receiving', 'manual_adjustment', 'return_to_stock', 'correction')
  ),
  CONSTRAINT inventory_transactions_reference_length CHECK (char_length(reference_id) <= 255),
  CONSTRAINT inventory_transactions_notes_length CHECK (char_length(notes) <= 1000)
);

CREATE INDEX inventory_transactions_by_product ON inventory_transactions (organization_id, product_id, transaction_id);
COMMENT ON INDEX inventory_transactions_by_product IS
  'GET /inventory/transactions?product_id=: one product''s movements, newest first; and the check that they sum up to on_hand.';
CREATE INDEX inventory_transactions_by_type ON inventory_transactions (organization_id, type, transaction_id);
COMMENT ON INDEX inventory_transactions_by_type IS
  'GET /inventory/transactions?type=: movements of one type, newest first, however rare the type is.';

-- Grants alone would leave the owner able to rewrite history.
CREATE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'inventory transactions are never changed: book a movement of the opposite sign'
    USING ERRCODE = 'integrity_constraint_violation';
END
$$;
REVOKE ALL ON FUNCTION refuse_change_of_history() FROM PUBLIC;
CREATE TRIGGER inventory_transactions_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON inventory_transactions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();

CALL isolate_by_organization('inventory_transactions');
GRANT SELECT, INSERT ON inventory_transactions TO inventory_service;

-- Stock added by a caller under an idempotency key: the key, and the one movement it made, which says what was asked for.
CREATE TABLE inventory_adjustments (
  organization_id uuid NOT NULL,
  principal text COLLATE "C" NOT NULL,
  idempotency_key text COLLATE "C" NOT NULL,
  transaction_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT inventory_adjustments_pkey PRIMARY KEY (organization_id, principal, idempotency_key),
  CONSTRAINT inventory_adjustments_one_effect UNIQUE (organization_id, transaction_id),
  -- At commit, because the key is claimed before anything else happens.
  CONSTRAINT inventory_adjustments_transaction FOREIGN KEY (organization_id, transaction_id)
    REFERENCES inventory_transactions (organization_id, transaction_id) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT inventory_adjustments_key_length CHECK (char_length(idempotency_key) BETWEEN 1 AND 255)
);

CALL isolate_by_organization('inventory_adjustments');
GRANT SELECT, INSERT ON inventory_adjustments TO inventory_service;
