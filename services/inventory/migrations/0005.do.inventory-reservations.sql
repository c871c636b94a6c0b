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
  CONSTRAINT inventory_reservations_pkey PRIMARY KEY (organization_id, order_id, product_id, location_id),
  CONSTRAINT inventory_reservations_quantity_bounded CHECK (quantity BETWEEN 1 AND 2000000000),
  CONSTRAINT inventory_reservations_status CHECK (status IN ('RESERVED', 'RELEASED')),
  CONSTRAINT inventory_reservations_released_at CHECK ((status = 'RELEASED') = (released_at IS NOT NULL))
);

CREATE INDEX inventory_reservations_active_by_product
  ON inventory_reservations (organization_id, product_id, location_id) INCLUDE (quantity)
  WHERE status = 'RESERVED';
COMMENT ON INDEX inventory_reservations_active_by_product IS
  'The check that active reservations sum up to reserved, product by product, without reading the table.';

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
