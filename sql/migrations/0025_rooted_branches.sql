-- Counted branches of which all is known that they were cut from.

ALTER TABLE jirasync.counted_reach ADD COLUMN is_rooted boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN jirasync.counted_reach.is_rooted IS 'All that the branch was cut from is known: what it does not hold, it has not got';
