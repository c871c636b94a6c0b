DROP FUNCTION organizations_present(uuid, int);
