-- Jobs whose source the worker that claimed them could not ask: a worker that can makes them due.

ALTER TABLE jirasync.jobs ADD COLUMN is_put_off boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN jirasync.jobs.is_put_off IS 'Waits because the worker that had it can''t ask its source (last_error says what is lacking): due as soon as a worker that can ask it looks, at its start and each minute';
