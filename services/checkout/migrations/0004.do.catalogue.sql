-- The edge's own copy of what accepting an order needs of a product, so that accepting never waits for inventory.
CREATE TABLE catalogue (
  organization_id uuid NOT NULL,
  product_id uuid NOT NULL,
  sku text NOT NULL,
  price_minor bigint NOT NULL,
  currency text NOT NULL,
  version bigint NOT NULL,
  CONSTRAINT catalogue_pkey PRIMARY KEY (organization_id, product_id)
);
-- Not unique: a SKU may have gone from one product to another, and the copy has heard of the second first.
CREATE INDEX catalogue_by_sku ON catalogue (organization_id, sku);
COMMENT ON INDEX catalogue_pkey IS 'Pricing a line that names a product by id.';
COMMENT ON INDEX catalogue_by_sku IS 'Pricing a line that names a product by SKU.';
CALL isolate_by_organization('catalogue');
GRANT SELECT, INSERT, UPDATE ON catalogue TO checkout_service;
