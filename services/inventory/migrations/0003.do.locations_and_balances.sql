CREATE TABLE locations (
  organization_id uuid NOT NULL,
  location_id uuid NOT NULL,
  code text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT locations_pkey PRIMARY KEY (organization_id, location_id),
  -- Makes the default location, MAIN, one per organization, whoever creates it first.
  CONSTRAINT locations_code_unique UNIQUE (organization_id, code),
  CONSTRAINT locations_code_form CHECK (code ~ '^[A-Z0-9][A-Z0-9_-]{0,49}$')
);

CALL isolate_by_organization('locations');
GRANT SELECT, INSERT ON locations TO inventory_service;

-- What is on hand and what of it is reserved. Every reservation changes a row here, so no index but the key, and half of
-- each page stays free: all updates are HOT (no index entry is written) and a product that sells fast reuses its page.
CREATE TABLE inventory_balances (
  organization_id uuid NOT NULL,
  product_id uuid NOT NULL,
  location_id uuid NOT NULL,
  on_hand bigint NOT NULL DEFAULT 0,
  reserved bigint NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT inventory_balances_pkey PRIMARY KEY (organization_id, product_id, location_id),
  -- Whatever the program does, the database itself refuses to sell what is not there.
  CONSTRAINT inventory_balances_no_overselling CHECK (reserved <= on_hand),
  CONSTRAINT inventory_balances_reserved_not_negative CHECK (reserved >= 0),
  CONSTRAINT inventory_balances_on_hand_bounded CHECK (on_hand BETWEEN 0 AND 9007199254740991),
  -- Checked when a balance is created, once per product and location: an update of on_hand or reserved does not touch them.
  CONSTRAINT inventory_balances_product FOREIGN KEY (organization_id, product_id)
    REFERENCES products (organization_id, product_id),
  CONSTRAINT inventory_balances_location FOREIGN KEY (organization_id, location_id)
    REFERENCES locations (organization_id, location_id)
) WITH (fillfactor = 50);

CALL isolate_by_organization('inventory_balances');
GRANT SELECT, INSERT, UPDATE (on_hand, reserved, updated_at) ON inventory_balances TO inventory_service;
