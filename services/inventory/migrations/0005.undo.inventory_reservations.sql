DROP TABLE inventory_refusals;
DROP TABLE inventory_reservations;
