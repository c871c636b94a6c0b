DROP TABLE turns, notes;
DROP FUNCTION current_organizations();
