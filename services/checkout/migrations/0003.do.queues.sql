-- Queues hold ids, times and weights only. They are read across organizations, so that one worker serves them all in turn;
-- everything else about an order is reached with its organization named.

-- One row per unfinished saga: its lease. A parked saga waits until infinity.
CREATE TABLE saga_queue (
  organization_id uuid NOT NULL,
  order_id uuid NOT NULL,
  visible_at timestamptz NOT NULL DEFAULT now(),
  epoch int NOT NULL DEFAULT 0,
  saga_version smallint NOT NULL,
  -- The lines of the order: what a worker claims at once has to fit into its memory.
  weight int NOT NULL DEFAULT 1,
  CONSTRAINT saga_queue_pkey PRIMARY KEY (organization_id, order_id),
  CONSTRAINT saga_queue_weight_positive CHECK (weight > 0)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
COMMENT ON INDEX saga_queue_pkey IS 'Renewing, recording and ending: the leases of a batch.';
CREATE INDEX saga_queue_by_tenant ON saga_queue (organization_id, visible_at);
COMMENT ON INDEX saga_queue_by_tenant IS 'Claiming: each organization''s share of a batch, oldest first.';
CREATE INDEX saga_queue_by_time ON saga_queue (visible_at);
COMMENT ON INDEX saga_queue_by_time IS 'Claiming: the rest of a batch, and when the next saga is due.';
GRANT SELECT, INSERT, UPDATE, DELETE ON saga_queue TO checkout_service;

-- One row per authorization that an edge has begun and not concluded.
CREATE TABLE edge_leases (
  organization_id uuid NOT NULL,
  order_id uuid NOT NULL,
  generation int NOT NULL,
  leased_until timestamptz NOT NULL,
  attempts int NOT NULL DEFAULT 0,
  CONSTRAINT edge_leases_pkey PRIMARY KEY (organization_id, order_id, generation)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
COMMENT ON INDEX edge_leases_pkey IS 'Concluding and settling, and whether a key is in progress.';
CREATE INDEX edge_leases_by_time ON edge_leases (leased_until);
COMMENT ON INDEX edge_leases_by_time IS 'The sweep: leases that ran out.';
GRANT SELECT, INSERT, UPDATE, DELETE ON edge_leases TO checkout_service;
