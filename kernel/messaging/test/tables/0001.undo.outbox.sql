DROP TABLE outbox;
DROP FUNCTION current_organizations();
