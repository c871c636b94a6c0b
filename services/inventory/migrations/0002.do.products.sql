CREATE TABLE products (
  organization_id uuid NOT NULL,
  product_id uuid NOT NULL,
  sku text COLLATE "C" NOT NULL,
  name text NOT NULL,
  price_minor bigint NOT NULL,
  currency text COLLATE "C" NOT NULL,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT products_pkey PRIMARY KEY (organization_id, product_id),
  CONSTRAINT products_sku_unique UNIQUE (organization_id, sku),
  CONSTRAINT products_sku_form CHECK (sku ~ '^[A-Za-z0-9_-][A-Za-z0-9._/-]{0,99}$'),
  CONSTRAINT products_name_length CHECK (char_length(name) BETWEEN 1 AND 255),
  CONSTRAINT products_price_positive CHECK (price_minor BETWEEN 1 AND 9999999999999),
  CONSTRAINT products_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT products_version_positive CHECK (version >= 1)
);

COMMENT ON COLUMN products.changed_xid IS
  'The transaction of the last change. Copies of the catalogue read changes in this order and only below the oldest '
  'transaction still running, so a change that commits late is not skipped. Transaction ids belong to one server: after '
  'a restore on another, touch every row once (UPDATE products SET version = version).';

CREATE INDEX products_by_change ON products (changed_xid, product_id, organization_id);
COMMENT ON INDEX products_by_change IS 'ProductCatalogue.changesSince: the next changes after a cursor, oldest first.';

-- In a trigger, so that no statement that changes a product can forget it.
CREATE FUNCTION stamp_product_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed_xid := pg_current_xact_id();
  RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION stamp_product_change() FROM PUBLIC;
CREATE TRIGGER products_stamp_change BEFORE INSERT OR UPDATE ON products
  FOR EACH ROW EXECUTE FUNCTION stamp_product_change();

CALL isolate_by_organization('products');
GRANT SELECT, INSERT, UPDATE (name, price_minor, currency, version, updated_at) ON products TO inventory_service;

-- The keys of the next changes of the catalogue, whoever's they are, in order. It runs as the owner, who sees every
-- organization, and gives ids only: so what one look costs is bounded by at_most, however few of the changes are of the
-- organizations that are asked about.
CREATE FUNCTION products_changed(after_xid xid8, after_product uuid, after_organization uuid, below xid8, at_most int)
RETURNS TABLE (changed_xid xid8, product_id uuid, organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT product.changed_xid, product.product_id, product.organization_id FROM products AS product
  WHERE (product.changed_xid, product.product_id, product.organization_id) > (after_xid, after_product, after_organization)
    AND product.changed_xid < below
  ORDER BY product.changed_xid, product.product_id, product.organization_id
  LIMIT at_most
$$;
REVOKE ALL ON FUNCTION products_changed(xid8, uuid, uuid, xid8, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION products_changed(xid8, uuid, uuid, xid8, int) TO inventory_service;
