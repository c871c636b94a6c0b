DROP TABLE outbox;
DROP TABLE saga_fences;
