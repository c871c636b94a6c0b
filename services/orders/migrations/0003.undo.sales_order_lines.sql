DROP TABLE sales_order_lines;
