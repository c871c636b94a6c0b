-- What was done about findings of `valerix verify`, by whom and why: written before it is done, and what came of it after.
-- A row without outcome is of a repair that broke off; to repeat it does no harm.
CREATE TABLE repairs (
  organization_id uuid NOT NULL,
  repair_id uuid NOT NULL,
  -- The finding: its code, the order or product that it is about, and what verify said.
  code text NOT NULL,
  subject text NOT NULL,
  finding text NOT NULL,
  -- What is done, in plain words.
  repair text NOT NULL,
  principal text NOT NULL,
  reason text NOT NULL,
  begun_at timestamptz NOT NULL DEFAULT now(),
  outcome text,
  detail text,
  ended_at timestamptz,
  CONSTRAINT repairs_pkey PRIMARY KEY (organization_id, repair_id),
  CONSTRAINT repairs_outcome_known CHECK (outcome IN ('MENDED', 'MOVED', 'LEFT', 'FAILED')),
  CONSTRAINT repairs_ended CHECK ((outcome IS NULL) = (ended_at IS NULL)),
  CONSTRAINT repairs_reason_given CHECK (reason ~ '\S')
);
COMMENT ON INDEX repairs_pkey IS 'Recording what came of a repair, and reading repairs by time: their ids rise with it.';
CREATE INDEX repairs_by_subject ON repairs (organization_id, subject);
COMMENT ON INDEX repairs_by_subject IS 'Verifying: whether what is left of a lost order was undone on purpose.';
CALL isolate_by_organization('repairs');
GRANT SELECT, INSERT, UPDATE (outcome, detail, ended_at) ON repairs TO checkout_service;
