DROP TABLE inventory_balances;
DROP TABLE locations;
