-- How far the import of a file has come, so that a run that was stopped goes on from there. What an import has done does
-- not rest on it: every order has its key.
CREATE TABLE imports (
  organization_id uuid NOT NULL,
  kind text NOT NULL,
  -- SHA-256 of what is in the file, uncompressed, in hexadecimal digits.
  digest text NOT NULL,
  -- The run that is at it; an earlier one finds that it is not it any more, and ends.
  run_id uuid NOT NULL,
  file_name text NOT NULL,
  -- The rows from the beginning of the file that are all accounted for, and what became of them.
  rows_done bigint NOT NULL DEFAULT 0,
  tally jsonb,
  started_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  CONSTRAINT imports_pkey PRIMARY KEY (organization_id, kind, digest),
  CONSTRAINT imports_rows_not_negative CHECK (rows_done >= 0)
);
COMMENT ON INDEX imports_pkey IS 'Finding how far a file is, and saying it.';
CALL isolate_by_organization('imports');
GRANT SELECT, INSERT, UPDATE (run_id, file_name, rows_done, tally, started_at, updated_at, finished_at) ON imports
  TO checkout_service;
