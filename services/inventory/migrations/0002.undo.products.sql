DROP TABLE products;
DROP FUNCTION stamp_product_change();
