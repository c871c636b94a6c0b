DROP TABLE inventory_adjustments;
DROP TABLE inventory_transactions;
DROP FUNCTION refuse_change_of_history();
