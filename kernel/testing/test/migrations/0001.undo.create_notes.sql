DROP TABLE notes;
DROP FUNCTION current_organizations();
