DROP TABLE sales_orders;
