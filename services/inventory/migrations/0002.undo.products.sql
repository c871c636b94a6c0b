DROP FUNCTION products_changed(xid8, uuid, uuid, xid8, int);
DROP TABLE products;
DROP FUNCTION stamp_product_change();
