DROP PROCEDURE isolate_by_organization(regclass);
DROP FUNCTION current_organizations();
