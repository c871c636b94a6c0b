DROP TABLE order_timeline;
DROP TABLE order_ledger_items;
DROP TABLE order_ledger;
