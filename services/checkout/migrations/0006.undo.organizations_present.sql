DROP FUNCTION organizations_with_products(int);
DROP FUNCTION organizations_present(uuid, int);
