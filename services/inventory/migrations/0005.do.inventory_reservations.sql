-- Stock held for an order, one row per product and location: a product that stands in two lines is held once, summed.
CREATE TABLE inventory_reservations (
  organization_id uuid NOT NULL,
  order_id uuid NOT NULL,
  product_id uuid NOT NULL,
  location_id uuid NOT NULL,
  -- What callers know the row by; found through the order, so without an index.
  reservation_id uuid NOT NULL,
  quantity bigint NOT NULL,
  status text COLLATE "C" NOT NULL DEFAULT 'RESERVED',
  created_at timestamptz NOT NULL DEFAULT now(),
  released_at timestamptz,
  -- No foreign key to the balance: it would cost 10 microseconds per row, four times what the row itself costs. The one
  -- statement that writes reservations joins them with the balances that it has just changed, in the same organization, so
  -- a reservation of anything else cannot be written; the checks look for strays.
  CONSTRAINT inventory_reservations_pkey PRIMARY KEY (organization_id, order_id, product_id, location_id),
  CONSTRAINT inventory_reservations_quantity_bounded CHECK (quantity BETWEEN 1 AND 2000000000),
  CONSTRAINT inventory_reservations_status CHECK (status IN ('RESERVED', 'RELEASED')),
  CONSTRAINT inventory_reservations_released_at CHECK ((status = 'RELEASED') = (released_at IS NOT NULL))
);

-- Without further columns, so that PostgreSQL folds equal keys: 2.5 microseconds and 90 bytes of WAL per row written, on a
-- row that costs 2.4 microseconds and 310 bytes without it (with the quantity included it was 6 microseconds).
CREATE INDEX inventory_reservations_active_by_product
  ON inventory_reservations (organization_id, product_id) WHERE status = 'RESERVED';
COMMENT ON INDEX inventory_reservations_active_by_product IS
  'The check that active reservations sum up to reserved: a product at a time, whatever the size of the organization.';

CALL isolate_by_organization('inventory_reservations');
GRANT SELECT, INSERT, UPDATE (status, released_at) ON inventory_reservations TO inventory_service;

-- Orders whose reservation was refused, and why, so that a repeated command is answered the same and told only once.
CREATE TABLE inventory_refusals (
  organization_id uuid NOT NULL,
  order_id uuid NOT NULL,
  refusal jsonb NOT NULL,
  refused_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT inventory_refusals_pkey PRIMARY KEY (organization_id, order_id)
);

CALL isolate_by_organization('inventory_refusals');
GRANT SELECT, INSERT ON inventory_refusals TO inventory_service;
