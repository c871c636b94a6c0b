DROP TABLE edge_leases;
DROP TABLE saga_queue;
