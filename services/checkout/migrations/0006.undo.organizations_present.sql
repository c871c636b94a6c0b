DROP FUNCTION organizations_with_products(uuid, int);
DROP FUNCTION organizations_present(uuid, int);
